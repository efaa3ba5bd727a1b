/// A value that travels as an XML element with a fixed set of child elements.
protocol MetadataRecord: Hashable, Sendable {
    /// The child elements, in the order in which the original writes them.
    static var fields: [MetadataField<Self>] { get }
    /// The names of those that must be there.
    static var required: [String] { get }
    /// A record with the default of every field.
    init()
}

extension MetadataRecord {
    static var required: [String] { [] }

    /// Reads a record from its element. The order of the children is free; nothing is dropped silently.
    init(_ element: XMLElement, _ context: FieldContext) throws(MetadataError) {
        self.init()
        let fields = Self.fields
        var seen: Set<String> = []
        if !element.text.isEmpty {
            throw context.error(element, .invalidField, "The element has text where elements are expected.", "Remove the text.")
        }
        for child in element.children {
            guard let field = fields.first(where: { $0.name == child.name }) else {
                throw context.error(child, .unknownElement, "The element is not a field of this type.", Self.suggestion(child.name))
            }
            guard seen.insert(child.name).inserted || field.isRepeatable else {
                throw context.error(child, .invalidField, "The element is given more than once.", "Give it once.")
            }
            try field.read(child, context, &self)
        }
        for name in Self.required where !seen.contains(name) {
            throw context.error(
                element,
                .requiredFieldMissing,
                name == "externalClientApplication"
                    ? "Enter the name of the parent external client app." : "The required field '\(name)' is missing.",
                "Add the element <\(name)>."
            )
        }
    }

    /// The child elements that say what differs from nothing, in the order of the table.
    var nodes: [XMLNode] { Self.fields.flatMap { $0.write(self) } }

    private static func suggestion(_ name: String) -> String {
        let names = fields.map(\.name)
        if let close = names.first(where: { $0.lowercased() == name.lowercased() }) ?? names.min(by: { distance($0, name) < distance($1, name) }),
            distance(close, name) <= 4
        {
            return "Did you mean <\(close)>?"
        }
        return "Its fields are \(names.joined(separator: ", "))."
    }

    /// The number of single-character edits between two names.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var previous = Array(0...right.count)
        for (row, a) in left.utf8.enumerated() {
            var current = [row + 1]
            for (column, b) in right.enumerated() {
                current.append(min(previous[column + 1] + 1, current[column] + 1, previous[column] + (a == b ? 0 : 1)))
            }
            previous = current
        }
        return previous[right.count]
    }
}

/// An element to be written.
struct XMLNode {
    let name: String
    let text: String
    let children: [XMLNode]

    init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
        self.children = []
    }

    init(_ name: String, children: [XMLNode]) {
        self.name = name
        self.text = ""
        self.children = children
    }

    /// Writes the element as the original does: four spaces for each level, one element a line.
    func write(to output: inout String, depth: Int = 0) {
        let indent = String(repeating: "    ", count: depth)
        guard !children.isEmpty else {
            output += "\(indent)<\(name)>\(XMLNode.escaped(text))</\(name)>\n"
            return
        }
        output += "\(indent)<\(name)>\n"
        for child in children { child.write(to: &output, depth: depth + 1) }
        output += "\(indent)</\(name)>\n"
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&apos;"
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
