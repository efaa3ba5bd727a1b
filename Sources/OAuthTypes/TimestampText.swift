/// Times as text in UTC, with milliseconds.
extension Timestamp {
    /// The form of RFC 3339, such as `2026-11-24T09:30:00.000Z`.
    public var rfc3339: String { dateAndTime + "Z" }

    /// The form that the original's REST API answers, such as `2026-11-24T09:30:00.000+0000`.
    public var restText: String { dateAndTime + "+0000" }

    private var dateAndTime: String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = seconds - days * 86_400
        let date = Self.civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(28)
        func append(_ value: Int64, _ width: Int, _ separator: StaticString) {
            let digits = String(value).utf8
            for _ in digits.count..<max(width, digits.count) { text.append(UInt8(ascii: "0")) }
            text.append(contentsOf: digits)
            separator.withUTF8Buffer { text.append(contentsOf: $0) }
        }
        append(date.year, 4, "-")
        append(date.month, 2, "-")
        append(date.day, 2, "T")
        append(second / 3_600, 2, ":")
        append(second / 60 % 60, 2, ":")
        append(second % 60, 2, ".")
        append((milliseconds % 1_000 + 1_000) % 1_000, 3, "")
        return String(decoding: text, as: UTF8.self)
    }

    /// The proleptic Gregorian date of a count of days since 1970-01-01: whole cycles of 400 years, counted from a first of March.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
