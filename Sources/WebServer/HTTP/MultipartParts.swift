import ClientApps

/// One part of a `multipart/form-data` body (RFC 7578).
struct MultipartPart {
    /// The name of the field.
    let name: String
    let content: ArraySlice<UInt8>
}

/// Takes `multipart/form-data` (RFC 7578) apart, of whatever size its parts are.
enum MultipartParts {
    /// Why a body is not taken.
    enum Failure: Error {
        case noBoundary
        case broken
    }

    /// No form has more.
    private static let limit = 64
    private static let newline: [UInt8] = [0x0D, 0x0A]

    static func read(_ body: [UInt8], contentType: String) throws(Failure) -> [MultipartPart] {
        guard let boundary = boundary(contentType) else { throw .noBoundary }
        let delimiter = Array("--\(boundary)".utf8)
        let places = body.withUnsafeBytes { bytes in
            var places: [Int] = []
            var offset = 0
            while places.count <= limit + 1, let place = ByteSearch.first(delimiter, in: bytes, from: offset) {
                // A boundary stands at the beginning of a line.
                if place == 0 || (place >= 2 && bytes[place - 2] == 0x0D && bytes[place - 1] == 0x0A) {
                    places.append(place)
                }
                offset = place + delimiter.count
            }
            return places
        }
        guard !places.isEmpty, places.count <= limit + 1 else { throw .broken }
        var parts: [MultipartPart] = []
        for (index, place) in places.enumerated() {
            let start = place + delimiter.count
            if body[start...].starts(with: [0x2D, 0x2D]) { return parts }
            guard index + 1 < places.count, body[start...].starts(with: newline) else { throw .broken }
            let end = max(start + 2, places[index + 1] - 2)
            parts.append(try part(body[(start + 2)..<end]))
        }
        throw .broken
    }

    private static func boundary(_ contentType: String) -> String? {
        let values = contentType.split(separator: ";").dropFirst().compactMap { parameter -> String? in
            let pair = parameter.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            guard pair.count == 2, pair[0].lowercased() == "boundary" else { return nil }
            return pair[1].filter { $0 != "\"" }
        }
        // One that is given twice is read differently by others.
        guard values.count == 1, let value = values.first, (1...70).contains(value.utf8.count) else { return nil }
        return value
    }

    private static func part(_ part: ArraySlice<UInt8>) throws(Failure) -> MultipartPart {
        // The head of a part is a few lines.
        guard let split = part.prefix(4_096).firstRange(of: newline + newline),
            let head = String(validating: part[..<split.lowerBound], as: UTF8.self), let name = name(head)
        else { throw .broken }
        return MultipartPart(name: name, content: part[split.upperBound...])
    }

    /// The `name` of the disposition, and not the end of `filename`.
    private static func name(_ head: String) -> String? {
        let names = head.split(whereSeparator: { $0 == ";" || $0.isNewline }).compactMap { parameter -> String? in
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " && $0 != "\t" }).lowercased() == "name" else {
                return nil
            }
            let value = pair[1].trimmingPrefix { $0 == " " }
            return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : String(value)
        }
        return names.count == 1 ? names.first : nil
    }
}

extension [MultipartPart] {
    /// The only part of a name.
    ///
    /// - Throws: `INVALID_MULTIPART_REQUEST` for one that is there twice.
    func only(_ name: String) throws(RESTRefusal) -> MultipartPart? {
        let found = filter { $0.name == name }
        guard found.count <= 1 else {
            throw RESTRefusal(.invalidMultipartRequest, "The part \(name) is there twice; send it once.")
        }
        return found.first
    }
}
