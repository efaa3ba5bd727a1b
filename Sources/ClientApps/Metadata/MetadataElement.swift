/// One element of a document and its value, as whoever compares two documents reads them.
public struct MetadataElement: Hashable, Sendable {
    /// The name of the element; of one inside another, both with a dot between.
    public let path: String
    /// Its text. Of an element that may stand more than once: the texts of all, one a line.
    public let value: String
    /// Whether the value may not be shown to those who read about the app.
    public let isSecret: Bool
}

extension MetadataDocument {
    /// Elements whose text opens something elsewhere: a push service, or this server.
    private static let secretPaths: Set<String> = [
        "androidPushConfig.serviceAccount", "applePushConfig.certificate", "applePushConfig.password",
        "applePushConfig.signingKey", "consumerSecret", "oauthConfig.consumerSecret",
    ]

    /// The elements of a document that have a value, in the documented order.
    public static func elements(of component: MetadataComponent) -> [MetadataElement] {
        let record = component.content.record
        return elements(of: record.node(named: component.type.rawValue), component.type.shape, inside: "")
    }

    private static func elements(
        of node: XMLNode,
        _ shape: MetadataShape,
        inside prefix: String
    ) -> [MetadataElement] {
        shape.fields.flatMap { field in
            let found = node.children.filter { $0.name == field.name }
            guard let first = found.first else { return [MetadataElement]() }
            if case .record(let inner) = field.value, !field.isList {
                return elements(of: first, inner, inside: "\(prefix)\(field.name).")
            }
            return [
                MetadataElement(
                    path: prefix + field.name,
                    value: found.map(line).joined(separator: "\n"),
                    isSecret: secretPaths.contains(prefix + field.name)
                )
            ]
        }
    }

    /// An element as one line: its text, or what stands in it.
    private static func line(_ node: XMLNode) -> String {
        node.children.isEmpty
            ? node.text : node.children.map { "\($0.name)=\(line($0))" }.joined(separator: ", ")
    }
}
