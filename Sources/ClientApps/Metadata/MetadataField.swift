import OAuthTypes

/// What a field holds.
enum MetadataFieldKind: Sendable {
    case text
    case flag
    case number
    /// One of these words.
    case word([String])
    case record(any MetadataRecord.Type)
}

/// One field of a record: its element's name, how it is read and how it is written.
struct MetadataField<Owner: Sendable>: Sendable {
    let name: String
    let kind: MetadataFieldKind
    let isList: Bool
    let isRequired: Bool
    /// The first version of the API that has it; 0 for as long as its type.
    var since = 0
    /// The first version that is told of it, where earlier ones may say it all the same.
    var toldSince = 0
    /// The last version that is told of it, where later ones may say it all the same; `nil` for none.
    var toldUntil: Int?
    let read: @Sendable (inout Owner, XMLNode) throws(MetadataError) -> Void
    let write: @Sendable (Owner) -> [XMLNode]

    /// The field, from a later version of the API on than its type.
    func since(_ version: Int) -> Self {
        var later = self
        later.since = version
        return later
    }

    /// The field, for all that may say it, told to a later version of the API alone: what the original tells of it in earlier ones is not known.
    func toldSince(_ version: Int) -> Self {
        var later = self
        later.toldSince = version
        return later
    }

    /// The field, for all that may say it, told to no version after this one: the original has given it up.
    func toldUntil(_ version: Int) -> Self {
        var earlier = self
        earlier.toldUntil = version
        return earlier
    }

    /// Whether a version of the API is told of the field.
    func isTold(in version: Int) -> Bool {
        version >= max(since, toldSince) && version <= toldUntil ?? version
    }

    typealias Path<Value> = any WritableKeyPath<Owner, Value> & Sendable

    static func value<Value>(
        _ name: String,
        _ kind: MetadataFieldKind,
        _ path: Path<Value?>,
        isRequired: Bool = false,
        _ parse: @escaping @Sendable (String) -> Value?,
        _ print: @escaping @Sendable (Value) -> String,
        valid: String,
        _ problem: @escaping @Sendable (String) -> String
    ) -> Self {
        Self(name: name, kind: kind, isList: false, isRequired: isRequired) { (owner, node) throws(MetadataError) in
            owner[keyPath: path] = try node.value(parse, valid: valid, problem)
        } write: { owner in
            owner[keyPath: path].map { [XMLNode(name: name, line: 0, text: print($0))] } ?? []
        }
    }
    static func text(_ name: String, _ path: Path<String?>) -> Self {
        value(name, .text, path, { $0 }, { $0 }, valid: "a text alone") { _ in "The element has other elements inside."
        }
    }
    static func flag(_ name: String, _ path: Path<Bool?>, isRequired: Bool = false) -> Self {
        value(
            name,
            .flag,
            path,
            isRequired: isRequired,
            { ["true": true, "false": false][$0.lowercased()] },
            { $0 ? "true" : "false" },
            valid: "true or false"
        ) {
            "'\($0)' is not a valid value for the type xsd:boolean."
        }
    }
    static func number(_ name: String, _ path: Path<Int?>, isRequired: Bool = false) -> Self {
        value(name, .number, path, isRequired: isRequired, { Int($0) }, { String($0) }, valid: "a whole number") {
            "'\($0)' is not a valid value for the type xsd:int."
        }
    }
    /// - Parameter type: what the enum is called here, if not as anywhere.
    static func word<Word: MetadataWord>(
        _ name: String,
        _ path: Path<Word?>,
        of type: String = Word.metadataName,
        isRequired: Bool = false
    ) -> Self {
        let words = Word.allCases.map(\.rawValue)
        return value(
            name,
            .word(words),
            path,
            isRequired: isRequired,
            { Word(rawValue: $0) },
            { $0.rawValue },
            valid: "one of \(words.joined(separator: ", "))"
        ) {
            "'\($0)' is not a valid value for the enum '\(type)'."
        }
    }
    static func required(_ name: String, _ path: Path<String>) -> Self {
        Self(name: name, kind: .text, isList: false, isRequired: true) { (owner, node) throws(MetadataError) in
            guard node.children.isEmpty, !node.text.trimmed.isEmpty else {
                throw MetadataError(
                    element: name,
                    line: node.line,
                    code: .requiredFieldMissing,
                    problem: MetadataError.missingParent(name) ?? "Required element '\(name)' is empty.",
                    remedy: "Give it a text."
                )
            }
            owner[keyPath: path] = node.text
        } write: {
            [XMLNode(name: name, line: 0, text: $0[keyPath: path])]
        }
    }
    static func texts(_ name: String, _ path: Path<[String]>) -> Self {
        values(name, .text, path, { $0 }, { $0 }, valid: "a text alone") { _ in "The element has other elements inside."
        }
    }
    /// The scopes of a connected app: of names that stand for the same scopes, one is kept, as the original does (facts: app-model 3).
    static func scopes(_ name: String, _ path: Path<[String]>) -> Self {
        let texts = texts(name, path)
        return Self(name: name, kind: .text, isList: true, isRequired: false) { (owner, node) throws(MetadataError) in
            let before = owner[keyPath: path]
            try texts.read(&owner, node)
            guard let last = owner[keyPath: path].last else { return }
            let scope = OAuthScopeName.collapsed(last.trimmed)
            owner[keyPath: path] = before.contains(scope) ? before : before + [scope]
        } write: {
            texts.write($0)
        }
    }
    static func words<Word: MetadataWord>(_ name: String, _ path: Path<[Word]>) -> Self {
        let words = Word.allCases.map(\.rawValue)
        let valid = "one of \(words.joined(separator: ", "))"
        return values(name, .word(words), path, { Word(rawValue: $0) }, { $0.rawValue }, valid: valid) {
            "'\($0)' is not a valid value for the enum '\(Word.metadataName)'."
        }
    }
    private static func values<Value>(
        _ name: String,
        _ kind: MetadataFieldKind,
        _ path: Path<[Value]>,
        _ parse: @escaping @Sendable (String) -> Value?,
        _ print: @escaping @Sendable (Value) -> String,
        valid: String,
        _ problem: @escaping @Sendable (String) -> String
    ) -> Self {
        Self(name: name, kind: kind, isList: true, isRequired: false) { (owner, node) throws(MetadataError) in
            owner[keyPath: path].append(try node.value(parse, valid: valid, problem))
        } write: { owner in
            owner[keyPath: path].map { XMLNode(name: name, line: 0, text: print($0)) }
        }
    }
    /// - Parameter type: what the type of the items is called here, if not as anywhere.
    static func list<Item: MetadataRecord>(_ name: String, _ path: Path<[Item]>, of type: String? = nil) -> Self {
        Self(name: name, kind: .record(Item.self), isList: true, isRequired: false) {
            (owner, node) throws(MetadataError) in
            owner[keyPath: path].append(try Item.read(node, as: type))
        } write: {
            $0[keyPath: path].map { $0.node(named: name) }
        }
    }
    static func record<Item: MetadataRecord>(_ name: String, _ path: Path<Item?>) -> Self {
        Self(name: name, kind: .record(Item.self), isList: false, isRequired: false) {
            (owner, node) throws(MetadataError) in
            owner[keyPath: path] = try Item.read(node)
        } write: { owner in
            owner[keyPath: path].map { [$0.node(named: name)] } ?? []
        }
    }
}

extension XMLNode {
    /// The value of an element that has a text alone.
    fileprivate func value<Value>(
        _ parse: (String) -> Value?,
        valid: String,
        _ problem: (String) -> String
    ) throws(MetadataError) -> Value {
        guard children.isEmpty, let value = parse(text) else {
            throw MetadataError(
                element: name,
                line: line,
                code: .invalidOrNullForRestrictedPicklist,
                problem: problem(text),
                remedy: "Give \(valid), or leave the element out."
            )
        }
        return value
    }
}
