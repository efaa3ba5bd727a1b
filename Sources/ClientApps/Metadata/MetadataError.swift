/// One thing that is wrong with a metadata document: where, what, and how to put it right.
public struct MetadataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file by its path, or the document by its full name; empty where neither is known.
    public let file: String
    /// The element it is about; `nil` for the document as a whole.
    public let element: String?
    /// The line in the file, from 1.
    public let line: Int?
    /// The status code that the original gives.
    public let code: StatusCode
    /// What is wrong, as a sentence.
    public let problem: String
    /// What to do about it, as a sentence.
    public let remedy: String

    /// An error; what is left out is not known where it is found.
    public init(
        file: String = "",
        element: String? = nil,
        line: Int? = nil,
        code: StatusCode,
        problem: String,
        remedy: String
    ) {
        (self.file, self.element, self.line) = (file, element, line)
        // Both quote what is wrong, which may be as long as a document.
        (self.code, self.problem, self.remedy) = (code, Self.cut(problem, to: 500), Self.cut(remedy, to: 1_500))
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        text.utf8.count <= limit ? text : String(text.unicodeScalars.prefix(limit)) + "…"
    }

    /// The element, the problem and the remedy, in one line: what every place that reports the error says alike.
    public var statement: String {
        [element.map { "\($0):" }, problem, remedy].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The file and the line, the code and the ``statement``, in one line.
    public var description: String {
        let place = [file, line.map { "\($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: ":")
        return [place, code.rawValue, statement].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// All that is wrong with a set of documents, reported together.
public struct MetadataErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errors, in the order of the files.
    public let errors: [MetadataError]
    /// A report of these errors.
    public init(errors: [MetadataError]) { self.errors = errors }
    /// One error a line.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Something that was accepted and has no effect, said aloud.
public struct MetadataWarning: Hashable, Sendable {
    /// The element that has no effect.
    public let element: String
    /// Why, and what to do instead, as a sentence.
    public let problem: String

    /// A warning about an element.
    public init(element: String, problem: String) { (self.element, self.problem) = (element, problem) }
}

/// One file of a folder or an archive, by its path from the root.
public struct SourceFile: Hashable, Sendable {
    /// The largest document that is read, in bytes; a larger one is refused as a whole.
    public static let maximumBytes = 1_048_576
    /// The path from the root, with `/` between its parts.
    public let path: String
    /// The contents, not decoded.
    public let bytes: [UInt8]
    /// Whether folder and suffix name a type of metadata.
    public var isInPlace: Bool { MetadataPath(path) != nil }
    /// The type that folder and suffix name; `nil` where they name none.
    public var type: MetadataType? { MetadataPath(path)?.type }
    /// The full name of the document, by its path; `nil` where folder and suffix name no type.
    public var fullName: String? { MetadataPath(path)?.fullName }
    /// A file by its path and contents.
    public init(path: String, bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
}
