import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Testing

/// Somebody who calls the REST resources of credentials and usage, with an app of their own and a token of it.
struct RESTCaller: Sendable {
    static let key = "3MVG9tools.key"
    static let secret = "FEDCBA9876543210FEDCBA9876543210"
    static let all: Set<Permission> = [.externalClientAppDeveloper, .viewClientSecret]

    let server: TestServer
    let client: Client
    let token: String
    /// The app whose pairs are looked at: ``AppMother``.
    let app: AppID

    /// Deploys both apps, gives the run-as user permissions, switches secrets by REST on, and gets a token.
    init(
        _ server: TestServer,
        _ client: Client,
        permissions: Set<Permission> = RESTCaller.all,
        isSwitchedOn: Bool = true,
        isOwnApp: Bool = false,
        app mother: AppMother = AppMother()
    ) async throws {
        (self.server, self.client) = (server, client)
        app = try await server.deploy(mother).id
        var tools = AppMother().global("consumerKey", Self.key).global("consumerSecret", Self.secret)
        tools.name = "Tools"
        try await server.deploy(tools)
        let org = server.org.id
        let profile = server.integration.profile
        try await server.change { connection in
            try Profiles.update(
                Profile(id: profile, org: org, name: Profile.standardUser, permissions: permissions),
                by: .server,
                now: TestServer.start,
                on: connection
            )
            var settings = ExternalClientAppSettings()
            settings.enableClientSecretInRESTAPIAccess = isSwitchedOn
            let document = MetadataComponent(fullName: "", content: .externalClientAppSettings(settings))
            try OrgSettings.save(document, org: org, by: .server, now: TestServer.start, on: connection)
        }
        token = try await client.token(
            [("grant_type", "client_credentials")],
            basic: isOwnApp ? (AppMother.key, AppMother.secret) : (Self.key, Self.secret)
        ).string("access_token")
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        version: String = "68.0",
        body: String? = nil
    ) async throws -> Client.Answer {
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        if body != nil { headers[.contentType] = "application/json" }
        return try await client.send(
            method,
            "/services/data/v\(version)/apps/oauth/\(path)",
            headers: headers,
            body: body
        )
    }

    var credentials: String { "credentials/\(app.rawValue)" }

    /// The path of the app's consumer.
    func consumer() async throws -> String {
        let consumers = try await send(.get, credentials).json["consumers"]?.array
        return try "\(credentials)/" + #require(consumers?.first?.object?["id"]?.string)
    }

    /// A pair as it is staged.
    struct Staged: Sendable {
        let id: String
        let key: String
        let secret: String
        let path: String

        var basic: (String, String) { (key, secret) }
    }

    func stage() async throws -> Staged {
        let consumer = try await consumer()
        let made = try await send(.post, consumer + "/staged", body: "{}")
        let pair = try #require(made.json["stagedCredentials"]?.array?.first?.object, "\(made.body)")
        let id = try #require(pair["id"]?.string)
        return Staged(
            id: id,
            key: try #require(pair["key"]?.string),
            secret: try #require(pair["secret"]?.string),
            path: "\(consumer)/staged/\(id)"
        )
    }

    /// The states of what is beside the current pair.
    func states() async throws -> [String] {
        let list = try await send(.get, try await consumer() + "/staged").json["stagedCredentials"]?.array
        return (list ?? []).compactMap { $0.object?["state"]?.string }
    }

    /// What the token endpoint says to a pair.
    func status(_ basic: (String, String)) async throws -> Int {
        try await client.token([("grant_type", "client_credentials")], basic: basic).status
    }
}

extension Client.Answer {
    /// The code of the one error of a REST answer.
    var restCode: String? {
        guard let values = try? JSONScanner.value(Array(body.utf8)) else { return nil }
        return values.array?.first?.object?["errorCode"]?.string
    }

    /// The text of the one error of a REST answer.
    var restText: String? {
        guard let values = try? JSONScanner.value(Array(body.utf8)) else { return nil }
        return values.array?.first?.object?["message"]?.string
    }
}
