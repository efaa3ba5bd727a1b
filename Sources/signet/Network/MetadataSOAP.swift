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
            throw CommandFailure(tree.child("faultstring")?.text.printable ?? "the server answered a fault")
        }
        return tree
    }
}

/// Waits for work of a server, asking in between how far it is.
enum Patience {
    /// How many questions in a row may find no server.
    private static let failures = 5

    /// Asks until there is an answer: soon at first, then every second. A question that finds no server is asked again a few times.
    ///
    /// - Throws: what the last question threw.
    static func poll<Result>(
        from firstPause: Duration = .milliseconds(100),
        _ ask: () async throws -> Result?
    ) async throws -> Result {
        var (pause, failures) = (firstPause, 0)
        while true {
            do {
                if let result = try await ask() { return result }
                failures = 0
            } catch let failure as CommandFailure where failure.mayPass && failures < Self.failures {
                failures += 1
            }
            // The pace of the questions; the work goes on at the server meanwhile.
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}
