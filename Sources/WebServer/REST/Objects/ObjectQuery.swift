import ClientApps
import OAuthTypes

/// The one form of query that is answered: `SELECT <fields> FROM <type> [WHERE <field> = <value> [AND …]] [LIMIT <n>]`, with `COUNT()` for the fields.
/// It is what clients ask first (facts: clients 1 and 5.12); the rest of SOQL is refused.
struct ObjectQuery: Sendable {
    /// A field and the value that it must have.
    struct Condition: Sendable {
        let field: ObjectField
        let value: ObjectValue
    }

    let type: ObjectType
    /// What is asked for, in the order of the query; empty where only the count is.
    let fields: [ObjectField]
    let conditions: [Condition]
    let limit: Int?

    /// The longest query, as the original has it.
    static let longest = 100_000

    /// - Throws: `MALFORMED_QUERY`, `INVALID_TYPE` or `INVALID_FIELD`.
    init(_ text: String) throws(RESTRefusal) {
        guard text.utf8.count <= Self.longest else { throw .malformed("the query is longer than 100,000 characters") }
        var reader = QueryReader(tokens: try QueryToken.tokens(of: text))
        try reader.require("SELECT")
        var names: [String] = []
        if reader.skip("COUNT") {
            try reader.require("(")
            try reader.require(")")
        } else {
            repeat { names.append(try reader.name("a field")) } while reader.skip(",")
        }
        try reader.require("FROM")
        let typeName = try reader.name("a type of record")
        guard let type = ObjectType(named: typeName) else { throw ObjectType.notSupported(typeName) }
        self.type = type
        var fields: [ObjectField] = []
        for name in names { fields.append(try type.field(name)) }
        self.fields = fields
        guard Set(fields).count == fields.count else { throw .malformed("a field is selected twice") }
        var conditions: [Condition] = []
        if reader.skip("WHERE") {
            repeat { conditions.append(try reader.condition(of: type)) } while reader.skip("AND")
        }
        self.conditions = conditions
        limit = reader.skip("LIMIT") ? try reader.count() : nil
        try reader.requireEnd()
    }

    /// Whether it asks for nothing but how many records there are of the type.
    var isPlainCount: Bool { fields.isEmpty && conditions.isEmpty }

    /// The value that a field must have, if the query says so.
    func text(of field: String) -> String? {
        for condition in conditions where condition.field.name == field {
            if case .text(let text) = condition.value { return text }
        }
        return nil
    }

    func matches(_ record: ObjectRecord) -> Bool {
        conditions.allSatisfy { record[$0.field].matches($0.value, as: $0.field.kind) }
    }
}

extension RESTRefusal {
    fileprivate static func malformed(_ problem: String) -> RESTRefusal {
        RESTRefusal(
            .malformedQuery,
            "\(problem); this server answers SELECT <fields> FROM <type> [WHERE <field> = <value> [AND …]] [LIMIT <n>]."
        )
    }
}

/// A part of a query.
private enum QueryToken: Equatable {
    case word(String)
    case text(String)
    case symbol(Character)

    static func tokens(of query: String) throws(RESTRefusal) -> [QueryToken] {
        var tokens: [QueryToken] = []
        var rest = query[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "'" {
                tokens.append(.text(try text(&rest)))
            } else if isWord(first) {
                let word = rest.prefix(while: isWord)
                tokens.append(.word(String(word)))
                rest = rest[word.endIndex...]
            } else {
                tokens.append(.symbol(rest.removeFirst()))
            }
        }
        return tokens
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_.-".contains(character))
    }

    /// A text in quotes with its escapes (the original's SOQL and SOSL Reference, "Quoted String Escape Sequences").
    private static func text(_ rest: inout Substring) throws(RESTRefusal) -> String {
        let escapes: [Character: Character] = [
            "'": "'", "\"": "\"", "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "_": "_", "%": "%",
        ]
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == "'" { return text }
            guard character == "\\" else {
                text.append(character)
                continue
            }
            guard let escaped = rest.popFirst().flatMap({ escapes[$0] }) else {
                throw .malformed("a backslash stands before what it does not escape")
            }
            text.append(escaped)
        }
        throw .malformed("a text in quotes does not end")
    }
}

/// Goes through the parts of a query.
private struct QueryReader {
    private var rest: ArraySlice<QueryToken>

    init(tokens: [QueryToken]) { rest = tokens[...] }

    private func isNext(_ text: String) -> Bool {
        switch rest.first {
        case .word(let word): word.uppercased() == text
        case .symbol(let symbol): String(symbol) == text
        case .text, nil: false
        }
    }

    mutating func skip(_ text: String) -> Bool {
        guard isNext(text) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func require(_ text: String) throws(RESTRefusal) {
        guard skip(text) else { throw .malformed("\(text) is expected\(place)") }
    }

    func requireEnd() throws(RESTRefusal) {
        guard rest.isEmpty else { throw .malformed("the query goes on\(place)") }
    }

    mutating func name(_ what: String) throws(RESTRefusal) -> String {
        guard case .word(let word) = rest.first else { throw .malformed("\(what) is expected\(place)") }
        rest.removeFirst()
        return word
    }

    mutating func count() throws(RESTRefusal) -> Int {
        guard let count = Int(try name("a number")), count >= 0 else { throw .malformed("LIMIT is no whole number") }
        return count
    }

    mutating func condition(of type: ObjectType) throws(RESTRefusal) -> ObjectQuery.Condition {
        let field = try type.field(try name("a field"))
        try require("=")
        let value: ObjectValue?
        switch (rest.popFirst(), field.kind) {
        case (.text(let text), .id), (.text(let text), .text): value = .text(text)
        case (.word(let word), .flag):
            value = ["true": ObjectValue.flag(true), "false": .flag(false)][word.lowercased()]
        case (.word(let word), .number): value = Int64(word).map { .number($0) }
        case (.word(let word), _) where word.lowercased() == "null": value = .null
        default: value = nil
        }
        guard let value else {
            throw RESTRefusal(
                .invalidField,
                "'\(field.name)' is compared with what it cannot have; ids and texts stand in quotes, others do not, and times are not compared."
            )
        }
        return ObjectQuery.Condition(field: field, value: value)
    }

    private var place: String {
        switch rest.first {
        case .word(let word): " at '\(word.prefix(40))'"
        case .symbol(let symbol): " at '\(symbol)'"
        case .text: " at a text in quotes"
        case nil: " at the end"
        }
    }
}
