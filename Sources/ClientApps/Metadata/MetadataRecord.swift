import OAuthTypes

/// A type that travels as an element: one table of its fields serves the reader and the writer.
protocol MetadataRecord: Sendable {
    init()
    static var metadataName: String { get }
    /// In the documented, alphabetical order.
    static var fields: [MetadataField<Self>] { get }
}

extension MetadataRecord {
    /// - Parameters:
    ///   - version: the version of the API that is spoken; `nil` for all that there is.
    ///   - name: what the type is called where it stands, if not as anywhere.
    static func read(_ node: XMLNode, version: Int? = nil, as name: String? = nil) throws(MetadataError) -> Self {
        let typeName = name ?? metadataName
        guard node.text.trimmed.isEmpty else {
            throw MetadataError(
                element: node.name,
                line: node.line,
                code: .mixedContent,
                problem: "Element '\(node.name)' has a text where elements belong.",
                remedy: "Replace the text by elements."
            )
        }
        var record = Self()
        var seen: Set<String> = []
        for child in node.children {
            guard let field = fields.first(where: { $0.name == child.name }) else {
                throw MetadataError(
                    element: child.name,
                    line: child.line,
                    code: .unknownElement,
                    problem: "Element '\(child.name)' is not valid in type '\(typeName)'.",
                    remedy: "Did you mean '\(Spelling.closest(to: child.name, in: fields.map(\.name))?.name ?? "")'?"
                )
            }
            if let version, version < field.since {
                throw MetadataError(
                    element: child.name,
                    line: child.line,
                    code: .unknownElement,
                    problem:
                        "Element '\(child.name)' is not valid in type '\(typeName)' in version \(version).0.",
                    remedy: "Use version \(field.since).0 or later, or remove it."
                )
            }
            guard seen.insert(child.name).inserted || field.isList else {
                throw MetadataError(
                    element: child.name,
                    line: child.line,
                    code: .duplicateElement,
                    problem: "Element '\(child.name)' stands more than once.",
                    remedy: "Keep one."
                )
            }
            try field.read(&record, child)
        }
        for field in fields where field.isRequired && !seen.contains(field.name) {
            throw MetadataError(
                element: field.name,
                line: node.line,
                code: .requiredFieldMissing,
                problem: MetadataError.missingParent(field.name)
                    ?? "Required element '\(field.name)' of type '\(typeName)' is missing.",
                remedy: "Add it."
            )
        }
        return record
    }

    /// - Parameter version: the version of the API that is spoken; `nil` for all that there is.
    func node(named name: String, version: Int? = nil) -> XMLNode {
        let known = Self.fields.filter { field in version.map(field.isTold) ?? true }
        return XMLNode(name: name, line: 0, children: known.flatMap { $0.write(self) })
    }

    /// The elements of a record, with those of an earlier one in fields that a version of the API does not know.
    static func keeping(laterThan version: Int, of earlier: XMLNode, in given: XMLNode) -> XMLNode {
        var whole = given
        whole.children = fields.flatMap { field in
            let new = given.children.filter { $0.name == field.name }
            let old = earlier.children.filter { $0.name == field.name }
            if case .record(let type) = field.kind, !field.isList, let new = new.first, let old = old.first {
                return [type.keeping(laterThan: version, of: old, in: new)]
            }
            return new.isEmpty && !field.isTold(in: version) ? old : new
        }
        return whole
    }

    /// This record, with the values of an earlier one where it says nothing.
    func completed(with earlier: Self) throws(MetadataError) -> Self {
        var whole = self
        for field in Self.fields where field.write(self).isEmpty {
            for node in field.write(earlier) { try field.read(&whole, node) }
        }
        return whole
    }
}

extension MetadataError {
    /// What is said where the app is not named that a document belongs to (facts: app-model 11.6); `nil` for any other element.
    static func missingParent(_ element: String) -> String? {
        element == "externalClientApplication" ? "Enter the name of the parent external client app." : nil
    }
}
