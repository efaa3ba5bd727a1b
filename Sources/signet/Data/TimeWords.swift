import ArgumentParser
import Foundation
import OAuthTypes

/// A moment in words.
enum TimeWords {
    /// A moment as somebody types it.
    ///
    /// - Throws: `ValidationError` for a text that is neither seconds nor a time of RFC 3339.
    static func moment(_ text: String) throws -> Timestamp {
        if let seconds = Int64(text), (0...9_999_999_999).contains(seconds) { return Timestamp(seconds: seconds) }
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw ValidationError("--at must be seconds since 1970 or a time such as 2026-11-24T09:30:00Z")
        }
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1_000))
    }

    static func text(_ moment: Timestamp, now: Timestamp) -> String {
        let seconds = (moment - now).seconds
        if seconds == 0 { return "\(moment.rfc3339) (now)" }
        let span = seconds.magnitude
        let amount =
            switch span {
            case ..<120: counted(span, "second")
            case ..<7_200: counted((span + 30) / 60, "minute")
            case ..<172_800: counted((span + 1_800) / 3_600, "hour")
            default: counted((span + 43_200) / 86_400, "day")
            }
        return "\(moment.rfc3339) (\(seconds < 0 ? "\(amount) ago" : "in \(amount)"))"
    }

    private static func counted(_ count: UInt64, _ unit: String) -> String {
        count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}
