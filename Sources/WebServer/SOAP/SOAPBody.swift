import ClientApps
import Hummingbird
import NIOCore
import Orgs

/// Reads the body of a SOAP request. A small one is read by itself; before a larger one is read on, its beginning must prove that whoever
/// sends it may.
enum SOAPBody {
    /// Of which org somebody is who sends a large body, and whether there is no other.
    struct Sender {
        let org: OrgID
        let isOnlyOrg: Bool
    }

    /// What is read of anybody.
    static let smallBytes = 131_072

    /// - Parameters:
    ///   - gate: lets a few large bodies be read at once.
    ///   - prove: asks whether the session id at the beginning, if there is one, may send a large body, and of which org it is.
    ///   - use: is given the whole body, and has its place in the gate until it is done.
    /// - Throws: ``SOAPFault``, ``OrgGate/Busy``, and what the closures throw.
    static func with<Result: Sendable>(
        _ request: Request,
        gate: OrgGate,
        prove: (String?) async throws -> Sender,
        use: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        let tooLarge = SOAPFault(
            .limitExceeded,
            "The message is larger than \(SOAPEnvelope.maximumBytes) bytes; deploy in parts."
        )
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > SOAPEnvelope.maximumBytes {
            throw tooLarge
        }
        var bytes: [UInt8] = []
        var chunks = request.body.makeAsyncIterator()
        while bytes.count <= smallBytes {
            guard let chunk = try await chunks.next() else { return try await use(bytes) }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        let sender = try await prove(SOAPEnvelope.sessionID(atStartOf: Array(bytes.prefix(smallBytes))))
        try await gate.enter(sender.org, isOnlyOrg: sender.isOnlyOrg)
        defer { gate.leave(sender.org) }
        while let chunk = try await chunks.next() {
            bytes.append(contentsOf: chunk.readableBytesView)
            guard bytes.count <= SOAPEnvelope.maximumBytes else { throw tooLarge }
        }
        return try await use(bytes)
    }
}
