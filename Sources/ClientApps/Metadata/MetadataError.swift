/// One thing that is wrong with a metadata document: where, what, and how to put it right.
public struct MetadataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// The element it is about; `nil` for the document as a whole.
    public let element: String?
    /// The line in the file, from 1.
    public let line: Int?
    /// The status code that the original gives, such as `INVALID_CROSS_REFERENCE_KEY`.
    public let code: String
    public let problem: String
    public let remedy: String

    public init(
        file: String = "",
        element: String? = nil,
        line: Int? = nil,
        code: String,
        problem: String,
        remedy: String
    ) {
        (self.file, self.element, self.line) = (file, element, line)
        (self.code, self.problem, self.remedy) = (code, problem, remedy)
    }

    public var description: String {
        let place = [file, line.map { "\($0)" }, element].compactMap { $0 }.filter { !$0.isEmpty }.joined(
            separator: ":"
        )
        return "\(place): \(code): \(problem) \(remedy)"
    }
}

/// All that is wrong with a set of documents, reported together.
public struct MetadataErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public let errors: [MetadataError]
    public init(errors: [MetadataError]) { self.errors = errors }
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Something that was accepted and has no effect, said aloud.
public struct MetadataWarning: Hashable, Sendable {
    public let element: String
    public let problem: String
}

/// One file of a folder or an archive, by its path from the root.
public struct SourceFile: Hashable, Sendable {
    public let path: String
    public let bytes: [UInt8]
    public init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
}
