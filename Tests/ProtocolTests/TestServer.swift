import AuthorizationServer
import ClientApps
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens
import WebServer

/// A whole server over a real database, spoken to as a client speaks, with a clock that the test moves.
struct TestServer: Sendable {
    static let issuer = "https://localhost"
    static let start = Timestamp(seconds: 1_795_566_722)
    static let password = "correct horse battery"

    let database: any Database
    let server: AuthorizationServer
    let org: Org
    let user: User
    let integration: User
    /// All that the server answers, with a value in the place of each parameter.
    private(set) var routes: [(method: HTTPRequest.Method, path: String)] = []
    /// The same as the table of routes has it.
    private(set) var patterns: [(method: HTTPRequest.Method, path: String)] = []
    private let moment = Mutex2(TestServer.start)

    /// Runs a test on every database there is.
    static func run(
        on driver: TestDatabase,
        grace: TimeSpan = .seconds(0),
        corsOrigins: [String]? = nil,
        sendsExpiresIn: Bool = true,
        loginOrigin: String? = nil,
        over shaped: (any Database) -> any Database = { $0 },
        _ body: @escaping @Sendable (TestServer, Client) async throws -> Void
    ) async throws {
        try await driver.withDatabase { database in
            let database = shaped(database)
            var made = try await TestServer(
                database: database,
                grace: grace,
                corsOrigins: corsOrigins,
                sendsExpiresIn: sendsExpiresIn,
                loginOrigin: loginOrigin
            )
            let clock = made.moment
            let router = SignetApplication(
                server: made.server,
                configuration: .init(host: "127.0.0.1", port: 0, isSecure: true),
                clock: WallClock { clock.value }
            ).router()
            made.patterns = router.routes.map { ($0.method, "\($0.path)") }
            made.routes = router.routes.map { ($0.method, "\($0.path)".replacing(/\{\w+\}/, with: "x")) }
            let test = made
            let responder = router.buildResponder()
            let application = Application(
                responder: CallbackResponder<SignetRequestContext> { request, context in
                    try await responder.respond(to: request.withTestHost, context: context)
                },
                logger: Self.quiet
            )
            try await application.test(.router) { client in try await body(test, Client(client: client)) }
        }
    }

    /// Requests that are refused are what tests are made of; their log would hide the one line that matters.
    private static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private init(
        database: any Database,
        grace: TimeSpan,
        corsOrigins: [String]?,
        sendsExpiresIn: Bool,
        loginOrigin: String?
    ) async throws {
        var randomness = SystemRandomNumberGenerator()
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        var options = AuthorizationServer.Options()
        options.refreshTokenGrace = grace
        options.sendsExpiresIn = sendsExpiresIn
        options.loginOrigin = loginOrigin
        let cost = PasswordHash.Cost(passes: 1, memoryKiB: 64)
        self.database = database
        server = try AuthorizationServer(
            database: database,
            masterKey: masterKey,
            signers: SignerPool(threads: 2, turns: 256),
            backend: .swiftCrypto,
            options: options,
            passwordCost: cost
        )
        let now = Self.start
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Acme",
            edition: .developer,
            issuer: Self.issuer,
            createdAt: now,
            isOAuthCORSEnabled: corsOrigins != nil,
            corsOrigins: corsOrigins ?? []
        )
        let profiles = Profile.standardProfiles(org: org.id, now: now, using: &randomness)
        let hash = try PasswordHash(hashing: Secret(Self.password), cost: cost, using: &randomness)
        let ann = try Self.user("ann@acme.example", org, profiles, isAPIOnly: false)
        let machine = try Self.user("integration@acme.example", org, profiles, isAPIOnly: true)
        try await database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            for profile in profiles { try Profiles.insert(profile, by: .server, now: now, on: connection) }
            try Users.insert(ann, passwordHash: hash.encoded, by: .server, on: connection)
            try Users.insert(machine, passwordHash: hash.encoded, by: .server, on: connection)
        }
        try await KeyKeeper(database: database, masterKey: masterKey, generate: TestKeys.ofOneOrg()).keep(
            org.id,
            now: now
        )
        (self.org, user, integration) = (org, ann, machine)
    }

    static func user(_ name: String, _ org: Org, _ profiles: [Profile], isAPIOnly: Bool) throws -> User {
        var randomness = SystemRandomNumberGenerator()
        let profile = try #require(profiles.first { $0.name == Profile.standardUser })
        return User(
            id: UserID.make(prefix: User.idPrefix, now: start, using: &randomness),
            org: org.id,
            username: name,
            email: name,
            lastName: name,
            nickname: name,
            profile: profile.id,
            isAPIOnly: isAPIOnly,
            createdAt: start - .days(1),
            updatedAt: start
        )
    }

    var now: Timestamp { moment.value }

    /// Moves the clock.
    func advance(_ span: TimeSpan) { moment.change { $0 = $0 + span } }

    /// Makes or changes an app, as a deployment does; what is not given is as in ``AppMother``.
    ///
    /// - Parameter other: the org, if it is not the first.
    @discardableResult
    func deploy(_ app: AppMother, in other: Org? = nil) async throws -> AppDeployment.Change {
        let deployment = AppDeployment(masterKey: server.masterKey, actor: .server)
        let (files, org, now) = (app.files, other ?? org, now)
        let changes = try await database.write { try deployment.deploy(files, org: org, now: now, on: $0) }
        try await server.directory.refresh(now: now)
        return try #require(changes.first)
    }

    /// Changes something behind the server's back, as another node or a command does, and lets it notice.
    func change(_ body: @escaping @Sendable (any Connection) throws -> Void) async throws {
        try await database.write(body)
        try await server.directory.refresh(now: now)
    }
}

extension Request {
    /// The request as it would come with another `Host`: the test client has one of its own and no way to say it.
    fileprivate var withTestHost: Request {
        guard let host = headers[.testHost] else { return self }
        var head = head
        head.authority = host
        head.headerFields[.testHost] = nil
        return Request(head: head, body: body)
    }
}

extension HTTPField.Name {
    /// The host that a test wants to name.
    static let testHost = known("X-Test-Host")
    static let secFetchSite = known("Sec-Fetch-Site")
    static let requestID = known("X-Request-ID")
    static let robots = known("X-Robots-Tag")
    static let referrer = known("Referrer-Policy")
    static let frameOptions = known("X-Frame-Options")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is no header name") }
        return field
    }
}

/// A value behind a lock that can be shared by reference.
final class Mutex2<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) {
        stored = Mutex(value)
    }

    var value: Value {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }

    /// Changes the value in one step, whoever else does at the same time.
    func change(_ body: (inout Value) -> Void) {
        stored.withLock { body(&$0) }
    }
}

/// One valid app; a test bends it in one place.
struct AppMother: Sendable {
    static let key = "3MVG9orders.key"
    static let secret = "0123456789ABCDEF0123456789ABCDEF"
    static let callback = "https://orders.example/callback"

    /// The header of an app that may be packaged, to be deployed beside the others.
    static let packagedHeader = SourceFile(
        path: "externalClientApps/Orders.eca",
        bytes: Array(
            "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>dev@orders.example</contactEmail><distributionState>Packaged</distributionState><label>Orders Sync</label></ExternalClientApplication>"
                .utf8
        )
    )

    var name = "Orders"
    var global: [String: String] = [
        "callbackUrl": AppMother.callback, "consumerKey": AppMother.key, "consumerSecret": AppMother.secret,
        "isClientCredentialsFlowEnabled": "true", "isNamedUserJwtEnabled": "true",
    ]
    var scopes = "Api, RefreshToken, OpenID"
    var trusted: String?
    /// The developer's custom attributes, as elements.
    var attributes = ""
    /// The ranges of the security settings; `nil` for an app without such a document.
    var allowlist: String?
    var policies: [String: String] = [
        "clientCredentialsFlowUser": "integration@acme.example", "isClientCredentialsFlowEnabled": "true",
        "namedUserJwtSessionTimeoutType": "Custom", "namedUserJwtTimeout": "10",
        "permittedUsersPolicyType": "AllSelfAuthorized",
        "refreshTokenPolicyType": "Infinite",
    ]
    var appPolicies: [String: String] = ["isEnabled": "true"]

    func global(_ name: String, _ value: String?) -> AppMother {
        var copy = self
        copy.global[name] = value
        return copy
    }

    func policy(_ name: String, _ value: String?) -> AppMother {
        var copy = self
        copy.policies[name] = value
        return copy
    }

    /// The app with one trusted address.
    func trusting(_ address: String) -> AppMother {
        var copy = self
        copy.trusted = "<endIpAddress>\(address)</endIpAddress><startIpAddress>\(address)</startIpAddress>"
        return copy
    }

    /// The app with one more range on its refresh token IP allowlist.
    func allowing(_ start: String, _ end: String) -> AppMother {
        var copy = self
        copy.allowlist =
            (allowlist ?? "")
            + "<tokenIpRanges><endIpAddress>\(end)</endIpAddress><startIpAddress>\(start)</startIpAddress></tokenIpRanges>"
        return copy
    }

    /// The app with an allowlist of no ranges.
    var withEmptyAllowlist: AppMother {
        var copy = self
        copy.allowlist = ""
        return copy
    }

    var files: [SourceFile] {
        let security = allowlist.map { ranges in
            SourceFile(
                path: "extlClntAppOauthSecuritySettings/\(name)_s.ecaOauthSecurity",
                bytes: Array(
                    "<ExtlClntAppOauthSecuritySettings xmlns=\"http://soap.sforce.com/2006/04/metadata\"><externalClientApplication>\(name)</externalClientApplication>\(ranges)</ExtlClntAppOauthSecuritySettings>"
                        .utf8
                )
            )
        }
        return documents + (security.map { [$0] } ?? [])
    }

    private var documents: [SourceFile] {
        [
            file(
                "externalClientApps/\(name).eca",
                "ExternalClientApplication",
                ["contactEmail": "dev@orders.example", "label": "Orders"],
                hasParent: false
            ),
            file("extlClntAppGlobalOauthSets/\(name)_g.ecaGlblOauth", "ExtlClntAppGlobalOauthSettings", global),
            file(
                "extlClntAppOauthSettings/\(name)_o.ecaOauth",
                "ExtlClntAppOauthSettings",
                ["commaSeparatedOauthScopes": scopes].merging(trusted.map { ["trustedIpRanges": $0] } ?? [:]) { $1 },
                before: attributes
            ),
            file("extlClntAppOauthPolicies/\(name)_p.ecaOauthPlcy", "ExtlClntAppOauthConfigurablePolicies", policies),
            file("extlClntAppPolicies/\(name)_a.ecaPlcy", "ExtlClntAppConfigurablePolicies", appPolicies),
        ]
    }

    private func file(
        _ path: String,
        _ type: String,
        _ fields: [String: String],
        hasParent: Bool = true,
        before: String = ""
    ) -> SourceFile {
        var fields = fields
        if hasParent { fields["externalClientApplication"] = name }
        let body = fields.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined()
        return SourceFile(
            path: path,
            bytes: Array("<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(before)\(body)</\(type)>".utf8)
        )
    }
}
