import MetadataAPI
import NIOHTTP1
import OAuthTypes
import XML

/// The SOAP encoding of the Metadata API at a server that a person is signed in to.
struct MetadataSOAP: Sendable {
    let server: SignedInServer

    private static let namespace = "http://soap.sforce.com/2006/04/metadata"

    /// Calls an operation.
    ///
    /// - Parameter call: the element of the operation with its parameters, in no namespace of its own.
    /// - Returns: the element of the answer.
    /// - Throws: ``CommandFailure`` with the words of the fault.
    func call(_ call: String) async throws -> XMLTree {
        let url = "\(server.session.instance)/services/Soap/m/\(SignedInServer.version)"
        let (answer, tree) = try await server.withToken { token in
            let body = """
                <?xml version="1.0" encoding="UTF-8"?>
                <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="\(Self.namespace)">
                <soapenv:Header><SessionHeader><sessionId>\(MarkupText.escaped(token))</sessionId></SessionHeader></soapenv:Header>
                <soapenv:Body>\(call)</soapenv:Body></soapenv:Envelope>
                """
            let headers = [
                (name: "Content-Type", value: "text/xml; charset=UTF-8"), (name: "SOAPAction", value: "\"\""),
            ]
            let answer = try await server.web.send(.POST, url, headers: headers, body: Array(body.utf8))
            let reader = XMLReader(maximumBytes: JSONText.maximumBytes, maximumDepth: 32)
            let tree = (try? reader.tree(answer.body))?.child("Body")?.children.first
            let isDead = tree?.child("faultcode")?.text.hasSuffix(":INVALID_SESSION_ID") == true
            return ((answer, tree), isDead: isDead)
        }
        guard let tree else { throw CommandFailure("\(url) answered \(answer.status), and no SOAP") }
        guard tree.local != "Fault" else {
            throw CommandFailure(
                tree.child("faultstring")?.text.printable ?? "the server answered a fault",
                mayPass: tree.child("faultcode")?.text.hasSuffix(":SERVER_UNAVAILABLE") == true
            )
        }
        return tree
    }
}
