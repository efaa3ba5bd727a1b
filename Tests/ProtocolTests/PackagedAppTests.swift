import AuthorizationServer
import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("Packaged apps")
struct PackagedAppTests {
    /// The app of the first org as a package that the second one trusts.
    private struct Place {
        let server: TestServer
        let client: Client
        let other: TestOrg
        let package: AppPackage

        var installation: PackageInstallation {
            PackageInstallation(
                org: other.org,
                actor: .operator(command: "test"),
                now: server.now,
                masterKey: server.server.masterKey
            )
        }

        func install(_ request: PackageInstallation.Request = .installAssociated) async throws {
            let plan = try await installation.plan(package, request, in: server.database)
            _ = try await installation.perform(package, request, approved: plan, in: server.database)
            try await server.server.directory.refresh(now: server.now)
        }

        func policies(_ fields: [String: String]) -> SourceFile {
            let body = fields.merging(["externalClientApplication": "Orders"]) { $1 }.sorted { $0.key < $1.key }
                .map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined()
            let type = "ExtlClntAppOauthConfigurablePolicies"
            return SourceFile(
                path: "extlClntAppOauthPolicies/Orders_o_defaultPolicy.ecaOauthPlcy",
                bytes: Array("<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(body)</\(type)>".utf8)
            )
        }

        func deploy(_ file: SourceFile) async throws {
            let deployment = AppDeployment(masterKey: server.server.masterKey, actor: .server)
            let (org, now) = (other.org, server.now)
            _ = try await server.database.write { try deployment.deploy([file], org: org, now: now, on: $0) }
            try await server.server.directory.refresh(now: now)
        }
    }

    private func withPlace(_ driver: TestDatabase, _ body: @escaping @Sendable (Place) async throws -> Void)
        async throws
    {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let (org, now) = (server.org, server.now)
            let deployment = AppDeployment(masterKey: server.server.masterKey, actor: .server)
            let export = PackageExport(org: org, actor: .server, now: now, masterKey: server.server.masterKey)
            let version = try #require(PackageVersion("1.0.0"))
            let archive = try await server.database.write { connection in
                _ = try deployment.deploy([AppMother.packagedHeader], org: org, now: now, on: connection)
                let app = try #require(try AppRecords.find(developerName: "Orders", org: org.id, on: connection))
                return try export.create(app.id, version: version, defaults: nil, on: connection).bytes
            }
            let package = try AppPackage(reading: archive)
            let other = try await TestOrg.make(on: server, client, app: nil)
            try await server.change { connection in
                try PackageSigners.trust(
                    package.manifest.key.fingerprint,
                    issuer: package.manifest.issuer,
                    org: other.org.id,
                    by: .server,
                    now: now,
                    on: connection
                )
            }
            try await body(Place(server: server, client: client, other: other, package: package))
        }
    }

    @Test(
        "security class 8: an installed app introspects its own tokens alone, whatever its developer switches on at home",
        arguments: TestDatabase.available
    )
    func introspection(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            try await place.install()
            var local = TestOrg.app
            local.name = "Local"
            try await place.server.deploy(local, in: place.other.org)
            try await place.server.deploy(AppMother().global("isIntrospectAllTokens", "true"))
            let grant = [("grant_type", "client_credentials")]
            let token = try await place.other.client.token(grant, basic: place.other.basic).string("access_token")
            func isActive(_ token: String, at client: Client, _ basic: (String, String)) async throws -> Bool? {
                try await client.post("/services/oauth2/introspect", [("token", token)], basic: basic)
                    .json["active"]?.bool
            }
            let publisher = (AppMother.key, AppMother.secret)
            #expect(try await isActive(token, at: place.other.client, place.other.basic) == true)
            #expect(try await isActive(token, at: place.other.client, publisher) == false)
            // At home the switch counts.
            var second = AppMother().global("consumerKey", "3MVG9second.key")
            second.name = "Second"
            try await place.server.deploy(second)
            let own = try await place.client.token(grant, basic: ("3MVG9second.key", AppMother.secret))
            #expect(try await isActive(try own.string("access_token"), at: place.client, publisher) == true)
        }
    }

    @Test(
        "app-model 6.3: an app that is not installed in an org answers OAUTH_EC_APP_NOT_FOUND with its name and the remedy, also after it was uninstalled",
        arguments: TestDatabase.available
    )
    func notInstalled(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            func expectNotFound() async throws {
                let answer = try await place.other.client.token([("grant_type", "client_credentials")])
                #expect(answer.error == "OAUTH_EC_APP_NOT_FOUND")
                #expect(answer.text?.hasPrefix("External client app is not installed in this org: Orders Sync") == true)
                #expect(answer.text?.contains("signet package install") == true)
                let page = try await place.other.client.get(Client.authorization())
                #expect(page.status == 400 && page.body.contains("OAUTH_EC_APP_NOT_FOUND"))
                #expect(page.headers[.location] == nil)
            }
            try await expectNotFound()
            let unknown = try await place.other.client.token(
                [("grant_type", "client_credentials")],
                basic: ("3MVG9nobody", "x")
            )
            #expect(unknown.error == "invalid_client_id")
            try await place.install()
            let installed = try await place.other.client.token([("grant_type", "client_credentials")])
            #expect(installed.error != "OAUTH_EC_APP_NOT_FOUND")
            let org = place.other.org.id
            let installation = place.installation
            try await place.server.change { connection in
                let app = try #require(try AppRecords.find(developerName: "Orders", org: org, on: connection))
                try installation.uninstall(app, on: connection)
            }
            try await expectNotFound()
            #expect(try await place.client.token([("grant_type", "client_credentials")]).status == 200)
        }
    }

    @Test(
        "app-model 6.3: the app of another org that is not Packaged is not told of",
        arguments: TestDatabase.available
    )
    func localApp(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let other = try await TestOrg.make(on: server, client)
            let answer = try await other.client.token([("grant_type", "client_credentials")])
            #expect(answer.error == "invalid_client_id" && answer.text == "client identifier invalid")
        }
    }

    @Test(
        "app-model 6.1: one consumer serves both orgs: each by its own policies, users, issuer and tokens",
        arguments: TestDatabase.available
    )
    func associated(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            try await place.install()
            let (home, there) = (place.client, place.other.client)
            let grant = [("grant_type", "client_credentials")]
            let first = try await home.token(grant)
            #expect(first.status == 200)
            // The admin's half of the flow is each admin's own.
            #expect(try await there.token(grant).error == "invalid_grant")
            try await place.deploy(
                place.policies([
                    "clientCredentialsFlowUser": "machine@globex.example", "isClientCredentialsFlowEnabled": "true",
                    "namedUserJwtTimeout": "5",
                ])
            )
            let second = try await there.token(grant)
            #expect(second.status == 200, "\(second.body)")
            let token = try second.string("access_token")
            let claims = try Client.claims(token)
            #expect(claims["iss"]?.string == "https://globex.example")
            #expect(claims["client_id"]?.string == AppMother.key)
            #expect(second.json["instance_url"]?.string == "https://globex.example")
            let lifetime = (claims["exp"]?.integer ?? 0) - (claims["iat"]?.integer ?? 0)
            #expect(lifetime == 300)
            #expect(try await there.get("/services/oauth2/userinfo", bearer: token).status == 200)
            #expect(try await home.get("/services/oauth2/userinfo", bearer: token).status == 401)
            let foreign = try first.string("access_token")
            #expect(try await there.get("/services/oauth2/userinfo", bearer: foreign).status == 401)
            // A wrong secret is wrong in both.
            #expect(try await there.token(grant, basic: (AppMother.key, "wrong")).error == "invalid_client")
            // What the developer rotates or switches off at home counts there.
            let app = try await place.server.database.read {
                try AppRecords.find(developerName: "Orders", org: place.server.org.id, on: $0)
            }
            let stored = try #require(app)
            let credentials = ConsumerCredentials(masterKey: place.server.server.masterKey)
            let now = place.server.now
            try await place.server.change { connection in
                _ = try credentials.replace(stored, key: false, secret: true, by: .server, now: now, on: connection)
            }
            #expect(try await there.token(grant).error == "invalid_client")
            #expect(try await home.token(grant).error == "invalid_client")
        }
    }

    /// A token of the other org's app Orders, once its app is gone.
    private func tokenOfBefore(
        _ place: Place,
        _ basic: (String, String) = (AppMother.key, AppMother.secret),
        _ end: @escaping @Sendable (AppRecords.Stored, any Connection) throws -> Void
    ) async throws -> String {
        let answer = try await place.other.client.token([("grant_type", "client_credentials")], basic: basic)
        let token = try answer.string("access_token")
        #expect(try await place.other.client.get("/services/oauth2/userinfo", bearer: token).status == 200)
        let org = place.other.org.id
        try await place.server.change { connection in
            let app = try #require(try AppRecords.find(developerName: "Orders", org: org, on: connection))
            try end(app, connection)
        }
        #expect(try await place.other.client.get("/services/oauth2/userinfo", bearer: token).status == 401)
        place.server.advance(.seconds(1))
        return token
    }

    @Test(
        "app-model 6.1: tokens of an installation that was uninstalled stay dead when the package is installed again",
        arguments: TestDatabase.available
    )
    func installedAgain(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let policies = place.policies([
                "clientCredentialsFlowUser": "machine@globex.example", "isClientCredentialsFlowEnabled": "true",
            ])
            try await place.install()
            try await place.deploy(policies)
            let installation = place.installation
            let token = try await tokenOfBefore(place) { try installation.uninstall($0, on: $1) }
            try await place.install()
            try await place.deploy(policies)
            #expect(try await place.other.client.get("/services/oauth2/userinfo", bearer: token).status == 401)
            let answer = try await place.other.client.token([("grant_type", "client_credentials")])
            #expect(answer.status == 200)
        }
    }

    @Test(
        "app-model 6.1: an installation with a key that an app had before does not revive that app's tokens",
        arguments: TestDatabase.available
    )
    func chosenKey(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            try await place.server.deploy(TestOrg.app, in: place.other.org)
            let lifecycle = AppLifecycle(org: place.other.org, actor: .server) { place.server.now }
            let token = try await tokenOfBefore(place, place.other.basic) { _ = try lifecycle.delete($0, on: $1) }
            var global = GlobalOAuthSettings()
            (global.externalClientApplication, global.callbackURL) = ("Orders", AppMother.callback)
            (global.consumerKey, global.consumerSecret) = (TestOrg.key, TestOrg.secret)
            try await place.install(.installDisassociated(global))
            #expect(try await place.other.client.get("/services/oauth2/userinfo", bearer: token).status == 401)
        }
    }

    @Test(
        "app-model 6.1: an admin who switches an installed app off ends it in that org alone",
        arguments: TestDatabase.available
    )
    func policies(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            try await place.install()
            let type = "ExtlClntAppConfigurablePolicies"
            try await place.deploy(
                SourceFile(
                    path: "extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy",
                    bytes: Array(
                        "<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\"><externalClientApplication>Orders</externalClientApplication><isEnabled>false</isEnabled></\(type)>"
                            .utf8
                    )
                )
            )
            let grant = [("grant_type", "client_credentials")]
            #expect(try await place.other.client.token(grant).error == "app_blocked")
            #expect(try await place.client.token(grant).status == 200)
        }
    }
}
