internal import CLibExpat

/// The name of an element or attribute.
public struct XMLName: Hashable, Sendable {
    /// The namespace; empty where there is none.
    public let namespace: String
    /// The name without prefix.
    public let local: String

    /// A name in a namespace.
    public init(namespace: String = "", local: String) {
        (self.namespace, self.local) = (namespace, local)
    }
}

/// An element as it starts.
public struct XMLStart: Sendable {
    /// Its name.
    public let name: XMLName
    /// Its attributes, without the declarations of namespaces.
    public let attributes: [XMLName: String]
    /// Where it stands in the document, from 1.
    public let line: Int
}

/// What a document is told to, as it is read.
public protocol XMLHandler {
    /// An element starts.
    ///
    /// - Throws: anything; reading stops and the error is thrown to the caller.
    mutating func start(_ element: XMLStart) throws
    /// A piece of text, UTF-8; long text comes in several pieces.
    mutating func text(_ piece: UnsafeBufferPointer<UInt8>) throws
    /// The innermost element ends.
    mutating func end() throws
}

/// Why a document is not read.
public enum XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is larger than allowed, in bytes.
    case tooLarge(limit: Int)
    /// Elements are nested deeper than allowed.
    case tooDeep(limit: Int, line: Int)
    /// It has more elements and attributes than allowed.
    case tooMany(limit: Int, line: Int)
    /// A namespace is longer than allowed, in bytes.
    case namespaceTooLong(limit: Int, line: Int)
    /// The name of an element or attribute is longer than allowed, in bytes.
    case nameTooLong(limit: Int, line: Int)
    /// It is, or says that it is, in another encoding than UTF-8.
    case encoding(String)
    /// It declares a type or an entity.
    case declaration(line: Int)
    /// It has a processing instruction.
    case processingInstruction(line: Int)
    /// It is not well-formed UTF-8 XML.
    case malformed(reason: String, line: Int)

    /// What is wrong.
    public var description: String {
        switch self {
        case .tooLarge(let limit): "the document is larger than \(limit) bytes"
        case .tooDeep(let limit, let line): "line \(line): elements are nested deeper than \(limit)"
        case .tooMany(let limit, let line): "line \(line): there are more than \(limit) elements and attributes"
        case .namespaceTooLong(let limit, let line): "line \(line): a namespace is longer than \(limit) bytes"
        case .nameTooLong(let limit, let line): "line \(line): a name is longer than \(limit) bytes"
        case .encoding(let name): "the document is in the encoding \(name) and not in UTF-8"
        case .declaration(let line): "line \(line): the document has a DOCTYPE or an entity"
        case .processingInstruction(let line): "line \(line): the document has a processing instruction"
        case .malformed(let reason, let line): "line \(line): the document is not well-formed XML: \(reason)"
        }
    }
}

/// Reads XML 1.0 with namespaces in UTF-8, and refuses what documents of ours never need: declarations of types and entities,
/// processing instructions, other encodings, great depth, and what is small as text and large in memory: elements without number, and
/// a long namespace, which each of them would have in its name; and names that are longer than any. Nothing is ever fetched.
public struct XMLReader: Sendable {
    /// How many elements and attributes a document may have together; the largest manifest has a tenth of it.
    public static let maximumElements = 100_000
    /// The longest namespace in bytes.
    public static let maximumNamespaceBytes = 256
    /// The longest name of an element or attribute without its namespace, in bytes: names are compared, repeated in errors and kept.
    public static let maximumNameBytes = 1_024

    /// The largest document, in bytes.
    public var maximumBytes: Int
    /// The deepest nesting.
    public var maximumDepth: Int

    /// A reader with limits.
    public init(maximumBytes: Int, maximumDepth: Int) {
        (self.maximumBytes, self.maximumDepth) = (maximumBytes, maximumDepth)
    }

    /// Reads a document and tells it to a handler, piece by piece.
    ///
    /// - Throws: ``XMLError``, or what the handler throws.
    public func read<Handler: XMLHandler>(_ document: [UInt8], into handler: inout Handler) throws {
        guard document.count <= maximumBytes else { throw XMLError.tooLarge(limit: maximumBytes) }
        try XMLReader.requireBytesOfUTF8(document)
        guard let parser = XML_ParserCreateNS("UTF-8", XMLReader.separator) else {
            throw XMLError.malformed(reason: "no memory", line: 1)
        }
        defer { XML_ParserFree(parser) }
        let reading = Reading(parser: parser, handler: handler, maximumDepth: maximumDepth)
        XML_SetUserData(parser, Unmanaged.passUnretained(reading).toOpaque())
        XMLReader.setHandlers(parser)
        let status = document.withUnsafeBytes { bytes in
            XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 1)
        }
        if let error = reading.error { throw error }
        guard status == XML_STATUS_OK else {
            let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown error"
            throw XMLError.malformed(reason: reason, line: reading.line)
        }
        guard let result = reading.handler as? Handler else { return }
        handler = result
    }

    /// The parser goes by the bytes before it goes by the encoding that it is told.
    private static func requireBytesOfUTF8(_ document: [UInt8]) throws(XMLError) {
        let start = document.prefix(4)
        guard !start.starts(with: [0xFE, 0xFF]), !start.starts(with: [0xFF, 0xFE]), !start.contains(0) else {
            throw .encoding("UTF-16")
        }
    }

    /// Stands between namespace and name; no name can have it.
    private static let separator: CChar = 0x0A

    private static func setHandlers(_ parser: XML_Parser) {
        XML_SetElementHandler(
            parser,
            { Reading.of($0)?.start($1, $2) },
            { data, _ in Reading.of(data)?.end() }
        )
        XML_SetCharacterDataHandler(parser) { Reading.of($0)?.text($1, $2) }
        XML_SetStartNamespaceDeclHandler(parser) { data, _, namespace in
            guard let namespace, String(cString: namespace).utf8.count > XMLReader.maximumNamespaceBytes else {
                return
            }
            Reading.of(data)?.stop { .namespaceTooLong(limit: XMLReader.maximumNamespaceBytes, line: $0) as XMLError }
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            Reading.of(data)?.stop { XMLError.declaration(line: $0) }
        }
        XML_SetXmlDeclHandler(parser) { data, _, encoding, _ in
            guard let name = encoding.map({ String(cString: $0) }), name.lowercased() != "utf-8" else { return }
            Reading.of(data)?.stop { _ in XMLError.encoding(name) }
        }
        XML_SetProcessingInstructionHandler(parser) { data, _, _ in
            Reading.of(data)?.stop { XMLError.processingInstruction(line: $0) }
        }
    }

    fileprivate static func name(_ text: UnsafePointer<XML_Char>) -> XMLName {
        let whole = String(cString: text)
        guard let separator = whole.utf8.lastIndex(of: 0x0A) else { return XMLName(local: whole) }
        return XMLName(
            namespace: String(whole[..<separator]),
            local: String(whole[whole.utf8.index(after: separator)...])
        )
    }
}

/// One document under way: what C calls back into.
private final class Reading {
    private let parser: XML_Parser
    private(set) var handler: any XMLHandler
    private let maximumDepth: Int
    private var depth = 0
    private var count = 0
    private(set) var error: (any Error)?

    init(parser: XML_Parser, handler: any XMLHandler, maximumDepth: Int) {
        (self.parser, self.handler, self.maximumDepth) = (parser, handler, maximumDepth)
    }

    static func of(_ data: UnsafeMutableRawPointer?) -> Reading? {
        data.map { Unmanaged<Reading>.fromOpaque($0).takeUnretainedValue() }
    }

    var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

    func stop(_ reason: (Int) -> any Error) {
        if error == nil { error = reason(line) }
        XML_StopParser(parser, 0)
    }

    func start(
        _ name: UnsafePointer<XML_Char>?,
        _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        guard error == nil, let name else { return }
        depth += 1
        count += 1
        guard depth <= maximumDepth else { return stop { .tooDeep(limit: maximumDepth, line: $0) as XMLError } }
        count += Int(XML_GetSpecifiedAttributeCount(parser)) / 2
        guard count <= XMLReader.maximumElements else {
            return stop { .tooMany(limit: XMLReader.maximumElements, line: $0) as XMLError }
        }
        let element = XMLReader.name(name)
        var values: [XMLName: String] = [:]
        var index = 0
        while let attribute = attributes?[index], let value = attributes?[index + 1] {
            values[XMLReader.name(attribute)] = String(cString: value)
            index += 2
        }
        let limit = XMLReader.maximumNameBytes
        guard element.local.utf8.count <= limit, values.keys.allSatisfy({ $0.local.utf8.count <= limit }) else {
            return stop { .nameTooLong(limit: limit, line: $0) as XMLError }
        }
        forward { try $0.start(XMLStart(name: element, attributes: values, line: line)) }
    }

    func text(_ text: UnsafePointer<XML_Char>?, _ count: Int32) {
        guard error == nil, let text else { return }
        text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
            forward { try $0.text(UnsafeBufferPointer(start: bytes, count: Int(count))) }
        }
    }

    func end() {
        guard error == nil else { return }
        depth -= 1
        forward { try $0.end() }
    }

    private func forward(_ body: (inout any XMLHandler) throws -> Void) {
        do { try body(&handler) } catch { stop { _ in error } }
    }
}
