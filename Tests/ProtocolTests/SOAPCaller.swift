import AuthorizationServer
import ClientApps
import HTTPTypes
import HummingbirdTesting
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs
import Storage
import Testing
import XML

/// Somebody who speaks SOAP to the Metadata API, with a token of an app of their own.
struct SOAPCaller: Sendable {
    static let rights: Set<Permission> = [
        .modifyMetadata, .externalClientAppDeveloper, .customizeApplication, .manageRemoteAccess, .viewSetup,
        .manageProfilesPermissionSets,
    ]

    let server: TestServer
    let client: Client
    let token: String

    init(server: TestServer, client: Client, token: String) {
        (self.server, self.client, self.token) = (server, client, token)
    }

    init(
        _ server: TestServer,
        _ client: Client,
        permissions: Set<Permission> = SOAPCaller.rights,
        jwt: Bool = false,
        scopes: String = "Api"
    ) async throws {
        (self.server, self.client) = (server, client)
        var mother = AppMother().global("isNamedUserJwtEnabled", "\(jwt)")
        mother.scopes = scopes
        let caller = try await RESTCaller(
            server,
            client,
            permissions: permissions,
            isSwitchedOn: false,
            isOwnApp: true,
            app: mother
        )
        token = caller.token
    }

    struct Answer: Sendable {
        let status: Int
        let text: String

        /// The first text of an element of this local name.
        func value(_ name: String) -> String? { Self.find(name, in: tree).first?.text }
        func all(_ name: String) -> [String] { Self.find(name, in: tree).map(\.text) }
        var faultCode: String? { value("faultcode") }

        var tree: XMLTree? { try? XMLReader(maximumBytes: 10_000_000, maximumDepth: 32).tree(Array(text.utf8)) }

        private static func find(_ name: String, in tree: XMLTree?) -> [XMLTree] {
            guard let tree else { return [] }
            return (tree.local == name ? [tree] : []) + tree.children.flatMap { find(name, in: $0) }
        }
    }

    static func envelope(_ body: String, session: String?, header: String = "") -> String {
        let session = session.map { "<met:SessionHeader><met:sessionId>\($0)</met:sessionId></met:SessionHeader>" }
        return """
            <?xml version="1.0" encoding="utf-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" \
            xmlns:met="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
            <env:Header>\(session ?? "")\(header)</env:Header><env:Body>\(body)</env:Body></env:Envelope>
            """
    }

    func post(_ message: String, path: String = "/services/Soap/m/65.0", action: String = "\"\"") async throws -> Answer
    {
        let response = try await client.client.executeRequest(
            uri: path,
            method: .post,
            headers: [.contentType: "text/xml", HTTPField.Name("SOAPAction") ?? .accept: action],
            body: ByteBuffer(string: message)
        )
        return Answer(status: response.status.code, text: String(buffer: response.body))
    }

    /// Calls an operation with the caller's own session.
    func call(
        _ operation: String,
        _ content: String = "",
        version: String = "65.0",
        path: String = "",
        header: String = ""
    ) async throws -> Answer {
        try await post(
            Self.envelope("<met:\(operation)>\(content)</met:\(operation)>", session: token, header: header),
            path: "/services/Soap/m/\(version)\(path)",
            action: operation
        )
    }

    func work() async throws {
        let queue = DeploymentQueue(database: server.database, masterKey: server.server.masterKey)
        while try await queue.runNext(now: server.now) {}
        try await server.server.directory.refresh(now: server.now)
    }
}
