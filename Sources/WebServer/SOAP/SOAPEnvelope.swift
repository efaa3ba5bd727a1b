import ClientApps
import XML

/// A SOAP request as it was read: what is asked, and what its headers say (facts: app-model 11.1; clients 3 and 5).
struct SOAPEnvelope: Sendable {
    /// The largest message: a zip file of the largest size in base64, with the envelope around it.
    static let maximumBytes = 55_574_528
    /// Documents stand some elements deep in an envelope.
    private static let maximumDepth = 16

    /// The one element of the body.
    let call: XMLTree
    /// `SessionHeader/sessionId`.
    let sessionID: String?
    /// `AllOrNoneHeader/allOrNone`.
    let isAllOrNone: Bool
    /// `LoginScopeHeader/organizationId`.
    let organizationID: String?

    /// Reads a message, by the local names of its elements alone: clients bind other prefixes, and some leave namespaces out. What may stand
    /// once and stands twice is refused, so that whatever looked at a message before took the same for its call and its session.
    ///
    /// - Throws: ``SOAPFault``.
    init(_ bytes: [UInt8]) throws(SOAPFault) {
        let root: XMLTree
        do {
            root = try XMLReader(maximumBytes: Self.maximumBytes, maximumDepth: Self.maximumDepth).tree(bytes)
        } catch {
            throw SOAPFault(.invalidSOAPMessage, "The message cannot be read: \(error).")
        }
        try root.requireSingle()
        guard root.local == "Envelope", let call = root.child("Body")?.children.first else {
            throw SOAPFault(.invalidSOAPMessage, "The message is no SOAP envelope with an operation in its Body.")
        }
        guard root.child("Body")?.children.count == 1 else {
            throw SOAPFault(.invalidSOAPMessage, "The Body has more than one operation; send a message for each.")
        }
        self.call = call
        let header = root.child("Header")
        // Of headers that are not acted on, some have lists.
        try header?.requireSingle(of: ["sessionheader", "loginscopeheader", "allornoneheader"])
        for part in header?.children ?? [] { try part.requireSingle(of: ["sessionid", "organizationid", "allornone"]) }
        sessionID = header?.child("SessionHeader")?.child("sessionId")?.text.trimmed
        organizationID = header?.child("LoginScopeHeader")?.value("organizationId")
        isAllOrNone = header?.child("AllOrNoneHeader")?.child("allOrNone")?.flag ?? false
    }

    /// The session id in the beginning of a message whose end has not come yet; `nil` where there is none.
    static func sessionID(atStartOf bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { message in
            let tag = Array("sessionId>".utf8)
            guard let place = ByteSearch.first(tag, in: message) else { return nil }
            let value = message[(place + tag.count)...].prefix { $0 != UInt8(ascii: "<") }
            guard value.count <= 16_384 else { return nil }
            return String(decoding: value, as: UTF8.self).trimmed
        }
    }
}

extension XMLTree {
    /// `true` or `false` in any case, as clients write it; `nil` for anything else.
    var flag: Bool? { ["true": true, "1": true, "false": false, "0": false][text.trimmed.lowercased()] }

    /// Requires that no element stands inside more than once, whatever its case.
    ///
    /// - Parameters:
    ///   - names: the names in lower case that it is about; `nil` for all.
    ///   - lists: the names that may stand more than once.
    func requireSingle(of names: Set<String>? = nil, except lists: Set<String> = []) throws(SOAPFault) {
        var seen: Set<String> = []
        for child in children where !lists.contains(child.local) {
            let name = child.local.lowercased()
            guard names?.contains(name) ?? true, !seen.insert(name).inserted else { continue }
            throw SOAPFault(.invalidSOAPMessage, "Line \(child.line): \(local) has \(child.local) twice; send it once.")
        }
    }

    /// The text of the first element inside of one of some names.
    func value(_ names: String...) -> String? {
        for name in names {
            if let child = child(name), !child.isNil { return child.text.trimmed }
        }
        return nil
    }
}
