/// One thing that is wrong with a metadata file: where, what, and what to do about it.
public struct MetadataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The codes of the original (facts: app-model 11.6) and of XML itself.
    public enum Code: String, Hashable, Sendable {
        case duplicateDeveloperName = "DUPLICATE_DEVELOPER_NAME"
        case duplicateValue = "DUPLICATE_VALUE"
        case fieldIntegrity = "FIELD_INTEGRITY_EXCEPTION"
        case invalidCrossReference = "INVALID_CROSS_REFERENCE_KEY"
        case invalidField = "INVALID_FIELD"
        case invalidFile = "INVALID_FILE"
        case invalidXML = "INVALID_XML"
        case requiredFieldMissing = "REQUIRED_FIELD_MISSING"
        case unknownElement = "UNKNOWN_ELEMENT"
    }

    /// The path of the file.
    public let file: String
    /// The element, if the trouble is with one.
    public let element: String?
    /// The line it starts in, from 1, if it is known.
    public let line: Int?
    public let code: Code
    /// What is wrong.
    public let problem: String
    /// What to do.
    public let remedy: String

    public init(
        file: String,
        element: String? = nil,
        line: Int? = nil,
        code: Code,
        problem: String,
        remedy: String
    ) {
        self.file = file
        self.element = element
        self.line = line
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        let subject = element.map { " <\($0)>" } ?? ""
        return "\(place):\(subject) \(code.rawValue): \(problem) \(remedy)"
    }
}

/// All that is wrong with a set of metadata files; nothing of the set is kept.
public struct MetadataErrors: Error, Sendable, CustomStringConvertible {
    public let errors: [MetadataError]

    public init(_ errors: [MetadataError]) {
        self.errors = errors
    }

    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
