/// One element of a metadata type, tied to the property that holds it: the reader and the writer use the same table, so that
/// they cannot drift.
struct MetadataField<Root> {
    let name: String
    let isRepeatable: Bool
    let read: (XMLElement, FieldContext, inout Root) throws(MetadataError) -> Void
    let write: (Root) -> [XMLNode]
}

/// Where a field is read from, for its errors.
struct FieldContext {
    let file: String

    func error(
        _ element: XMLElement,
        _ code: MetadataError.Code,
        _ problem: String,
        _ remedy: String
    ) -> MetadataError {
        MetadataError(file: file, element: element.name, line: element.line, code: code, problem: problem, remedy: remedy)
    }

    func text(_ element: XMLElement) throws(MetadataError) -> String {
        guard element.children.isEmpty else {
            throw error(element, .invalidField, "The element has child elements where a value is expected.", "Write the value as text.")
        }
        return element.text
    }

    /// `true` or `false` in any case, since real clients write `True`.
    func bool(_ element: XMLElement) throws(MetadataError) -> Bool {
        switch try text(element).lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: throw error(element, .invalidField, "The value is not a boolean.", "Write true or false.")
        }
    }

    func integer(_ element: XMLElement) throws(MetadataError) -> Int {
        guard let value = Int(try text(element)) else {
            throw error(element, .invalidField, "The value is not a whole number.", "Write digits only.")
        }
        return value
    }

    func value<Value: MetadataEnum>(_ element: XMLElement) throws(MetadataError) -> Value {
        let text = try text(element)
        guard let value = Value(rawValue: text) else {
            throw error(
                element,
                .invalidField,
                "'\(text.prefix(64))' is not a valid value for the enum '\(Value.enumName)'.",
                "Use one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        return value
    }
}

/// A closed list of values of a metadata field, with the name that the original's errors give it.
protocol MetadataEnum: RawRepresentable, CaseIterable, Hashable, Sendable where RawValue == String {
    static var enumName: String { get }
}

extension MetadataField {
    static func string(_ name: String, _ path: WritableKeyPath<Root, String?>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            let text = try context.text(element)
            root[keyPath: path] = text.isEmpty ? nil : text
        } write: { root in
            root[keyPath: path].map { [XMLNode(name, $0)] } ?? []
        }
    }

    static func string(_ name: String, _ path: WritableKeyPath<Root, String>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try context.text(element)
        } write: { root in
            [XMLNode(name, root[keyPath: path])]
        }
    }

    static func bool(_ name: String, _ path: WritableKeyPath<Root, Bool>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try context.bool(element)
        } write: { root in
            [XMLNode(name, root[keyPath: path] ? "true" : "false")]
        }
    }

    static func optionalBool(_ name: String, _ path: WritableKeyPath<Root, Bool?>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try context.bool(element)
        } write: { root in
            root[keyPath: path].map { [XMLNode(name, $0 ? "true" : "false")] } ?? []
        }
    }

    static func integer(_ name: String, _ path: WritableKeyPath<Root, Int?>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try context.integer(element)
        } write: { root in
            root[keyPath: path].map { [XMLNode(name, String($0))] } ?? []
        }
    }

    static func value<Value: MetadataEnum>(_ name: String, _ path: WritableKeyPath<Root, Value?>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try context.value(element) as Value
        } write: { root in
            root[keyPath: path].map { [XMLNode(name, $0.rawValue)] } ?? []
        }
    }

    static func record<Value: MetadataRecord>(_ name: String, _ path: WritableKeyPath<Root, Value?>) -> MetadataField {
        MetadataField(name: name, isRepeatable: false) { (element, context, root) throws(MetadataError) in
            root[keyPath: path] = try Value(element, context)
        } write: { root in
            root[keyPath: path].map { [XMLNode(name, children: $0.nodes)] } ?? []
        }
    }

    static func records<Value: MetadataRecord>(_ name: String, _ path: WritableKeyPath<Root, [Value]>) -> MetadataField {
        MetadataField(name: name, isRepeatable: true) { (element, context, root) throws(MetadataError) in
            root[keyPath: path].append(try Value(element, context))
        } write: { root in
            root[keyPath: path].map { XMLNode(name, children: $0.nodes) }
        }
    }
}
