import OAuthTypes

/// JSON on its way to the terminal and from a server.
enum JSONText {
    /// The largest answer of a server that is read, in bytes.
    static let maximumBytes = 67_108_864

    /// - Throws: ``CommandFailure`` for what is no JSON object.
    static func object(_ bytes: [UInt8]) throws -> JSONObject {
        guard let object = try? JSONScanner.object(bytes, limit: maximumBytes) else {
            throw CommandFailure("the server answered what is no JSON object; is it a signet server of this release?")
        }
        return object
    }

    /// A value as it was read, written again without white space.
    static func bytes(_ value: JSONValue) -> [UInt8] {
        switch value {
        case .null: return Array("null".utf8)
        case .bool(let flag): return Array((flag ? "true" : "false").utf8)
        case .integer(let number): return Array(String(number).utf8)
        case .number(let digits): return Array(digits.utf8)
        case .string(let text): return quoted(text)
        case .array(let values): return list(values.map(bytes), "[", "]")
        case .object(let object):
            return list(object.members.map { quoted($0.name) + Array(":".utf8) + bytes($0.value) }, "{", "}")
        }
    }

    /// An object with some members more.
    static func adding(to object: JSONObject, _ write: (inout JSONWriter) -> Void) throws -> JSONObject {
        let more = try self.object(JSONWriter.object(write))
        let members = (object.members + more.members).map { quoted($0.name) + Array(":".utf8) + bytes($0.value) }
        return try self.object(list(members, "{", "}"))
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }

    private static func list(_ parts: [[UInt8]], _ open: String, _ close: String) -> [UInt8] {
        Array(open.utf8) + parts.joined(separator: Array(",".utf8)) + Array(close.utf8)
    }
}

extension JSONObject {
    /// The text of a member; empty where there is none.
    func text(_ name: String) -> String { self[name]?.string ?? "" }
    /// Whether a member is true.
    func flag(_ name: String) -> Bool { self[name]?.bool ?? false }
    /// The number of a member; 0 where there is none.
    func number(_ name: String) -> Int64 { self[name]?.integer ?? 0 }
    /// The texts of a member that is a list of them.
    func texts(_ name: String) -> [String] { (self[name]?.array ?? []).compactMap(\.string) }
    /// The objects of a member that is a list of them.
    func objects(_ name: String) -> [JSONObject] { (self[name]?.array ?? []).compactMap(\.object) }
}

extension OutputFormat {
    /// Prints facts as they are asked for.
    func show(_ facts: JSONObject, _ text: (JSONObject) -> String) {
        switch self {
        case .json: Terminal.print(JSONText.bytes(.object(facts)))
        case .text: Terminal.print(text(facts))
        }
    }

    /// Prints a list of facts as it is asked for: one array, or a line for each.
    func show(_ list: [JSONValue], _ line: (JSONObject) -> String) {
        switch self {
        case .json: Terminal.print(JSONText.bytes(.array(list)))
        case .text: for facts in list.compactMap(\.object) { Terminal.print(line(facts)) }
        }
    }
}
