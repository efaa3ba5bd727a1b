import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("AppDeployment")
struct AppDeploymentTests {
    private static let now = Timestamp(seconds: 1_795_566_722)

    /// An org in a fresh database, and what deploys to it.
    private struct Place: Sendable {
        let database: any Database
        let org: Org
        let masterKey: MasterKey

        @discardableResult
        func deploy(
            _ files: [SourceFile],
            now: Timestamp = AppDeploymentTests.now,
            ignoreWarnings: Bool = false
        ) async throws -> [AppDeployment.Change] {
            let (deployment, org) = (
                AppDeployment(masterKey: masterKey, ignoreWarnings: ignoreWarnings, actor: .server), org
            )
            return try await database.write { try deployment.deploy(files, org: org, now: now, on: $0) }
        }

        func refusal(_ files: [SourceFile]) async throws -> [MetadataError] {
            do {
                try await deploy(files)
                return []
            } catch let refused as MetadataErrors {
                return refused.errors
            }
        }

        var stored: [AppRecords.Stored] {
            get async throws {
                let org = org.id
                return try await database.read { try AppRecords.all(org: org, on: $0) }
            }
        }
    }

    private func withPlace(_ driver: TestDatabase, _ body: @escaping (Place) async throws -> Void) async throws {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: Self.now, using: &randomness),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: Self.now
        )
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        try await driver.withDatabase { database in
            try await database.write { try OrgRecords.insert(org, by: .server, on: $0) }
            try await body(Place(database: database, org: org, masterKey: masterKey))
        }
    }

    private static func header(_ name: String, label: String = "Orders") -> SourceFile {
        file(
            "externalClientApps/\(name).eca",
            "ExternalClientApplication",
            ["contactEmail": "dev@acme.example", "label": label]
        )
    }

    private static func global(_ name: String, _ fields: [String: String] = [:]) -> SourceFile {
        let given = ["callbackUrl": "https://orders.example/callback", "externalClientApplication": name]
        return file(
            "extlClntAppGlobalOauthSets/\(name)_g.ecaGlblOauth",
            "ExtlClntAppGlobalOauthSettings",
            given.merging(fields) { _, new in new }
        )
    }

    private static func settings(_ name: String) -> SourceFile {
        file(
            "extlClntAppOauthSettings/\(name)_o.ecaOauth",
            "ExtlClntAppOauthSettings",
            ["commaSeparatedOauthScopes": "Api, RefreshToken", "externalClientApplication": name]
        )
    }

    private static func app(_ name: String, _ fields: [String: String] = [:]) -> [SourceFile] {
        [header(name), global(name, fields), settings(name)]
    }

    private static func file(_ path: String, _ type: String, _ fields: [String: String]) -> SourceFile {
        let body = fields.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined()
        let text = "<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(body)</\(type)>"
        return SourceFile(path: path, bytes: Array(text.utf8))
    }

    private static let secret = "0123456789ABCDEF0123456789ABCDEF"

    @Test(
        "app-model 1: a new app gets an id, a key, a secret that is shown once, and the policies that it lacks",
        arguments: TestDatabase.available
    )
    func creation(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let change = try #require(try await place.deploy(Self.app("Orders")).first)
            #expect(change.kind == .created)
            #expect(change.developerName == "Orders")
            #expect(change.id.rawValue.hasPrefix("0xI"))
            let secret = try #require(change.newSecret)
            let stored = try #require(try await place.stored.first)
            let consumer = try #require(stored.consumers.first)
            #expect(consumer.key == change.consumerKey)
            #expect(consumer.key.hasPrefix("3MVG9"))
            #expect(stored.components.oauthPolicies?.record.permittedUsersPolicyType == .allSelfAuthorized)
            #expect(stored.components.appPolicies?.record.isEnabled == true)
            #expect(consumer.secretDigest == place.masterKey.digest(ofConsumerSecret: secret))
            #expect(secret.withBytes { consumer.sealedSecret.firstRange(of: $0) } == nil)
            let opened = try place.masterKey.open(
                consumer.sealedSecret,
                context: Consumer.sealContext(consumer.id)
            )
            #expect(secret.withBytes { $0 == opened })
        }
    }

    @Test("app-model 1: a key and a secret that are given are the app's", arguments: TestDatabase.available)
    func givenConsumer(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let app = Self.app("Orders", ["consumerKey": "3MVG9orders.key", "consumerSecret": Self.secret])
            let change = try #require(try await place.deploy(app).first)
            #expect(change.consumerKey == "3MVG9orders.key")
            #expect(change.newSecret?.revealed == Self.secret)
        }
    }

    @Test(
        "app-model 1: deployed again an app keeps its id, its key and what the files leave out, and shows no secret",
        arguments: TestDatabase.available
    )
    func update(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let first = try #require(try await place.deploy(Self.app("Orders")).first)
            let second = try await place.deploy([Self.header("Orders", label: "New")], now: Self.now + .seconds(1))
            let change = try #require(second.first)
            #expect(change.kind == .updated)
            #expect(change.id == first.id)
            #expect(change.consumerKey == first.consumerKey)
            #expect(change.newSecret == nil)
            let stored = try await place.stored
            #expect(stored.count == 1)
            #expect(stored.first?.components.header?.label == "New")
            #expect(stored.first?.components.oauth != nil)
            #expect(stored.first?.consumers.count == 1)
            #expect(stored.first?.createdAt == Self.now)
            #expect(stored.first?.updatedAt == Self.now + .seconds(1))
        }
    }

    @Test(
        "app-model 1: another key or secret is refused aloud, the same ones are taken",
        arguments: TestDatabase.available
    )
    func changedConsumer(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let same = ["consumerKey": "3MVG9orders.key", "consumerSecret": Self.secret]
            try await place.deploy(Self.app("Orders", same))
            try await place.deploy(Self.app("Orders", same))
            for (element, value) in [
                ("consumerKey", "3MVG9other.key"), ("consumerSecret", "FEDCBA9876543210FEDCBA9876543210"),
            ] {
                let errors = try await place.refusal(
                    Self.app("Orders", same.merging([element: value]) { _, new in new })
                )
                #expect(errors.map(\.code) == [.fieldIntegrityException])
                #expect(errors.first?.element == element)
                #expect(errors.first?.file == "extlClntAppGlobalOauthSets/Orders_g.ecaGlblOauth")
                #expect(errors.first?.description.contains(value) == false)
            }
            #expect(try await place.stored.first?.consumers.map(\.key) == ["3MVG9orders.key"])
        }
    }

    @Test(
        "app-model 1: a consumer key that another app has is DUPLICATE_VALUE, and nothing of the folder is kept",
        arguments: TestDatabase.available
    )
    func duplicateKey(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            try await place.deploy(Self.app("Orders", ["consumerKey": "3MVG9orders.key"]))
            let folder = Self.app("Alpha") + Self.app("Beta", ["consumerKey": "3MVG9orders.key"])
            let errors = try await place.refusal(folder)
            #expect(errors.map(\.code) == [.duplicateValue])
            #expect(errors.first?.element == "consumerKey")
            #expect(errors.first?.file == "extlClntAppGlobalOauthSets/Beta_g.ecaGlblOauth")
            #expect(try await place.stored.map(\.components.developerName) == ["Orders"])
        }
    }

    @Test(
        "app-model 1: all apps of a folder are deployed or none, and every error is told at once",
        arguments: TestDatabase.available
    )
    func allOrNone(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let bad = Self.app("Bad", ["callbackUrl": "not a url"])
            let worse = [Self.global("Worse"), Self.settings("Worse")]
            let errors = try await place.refusal(Self.app("Good") + bad + worse)
            #expect(errors.count >= 2)
            #expect(errors.contains { $0.file.contains("Bad") })
            #expect(errors.contains { $0.file.contains("Worse") })
            #expect(errors.allSatisfy { !$0.problem.isEmpty && !$0.remedy.isEmpty })
            #expect(try await place.stored.isEmpty)
            #expect(try await place.deploy(Self.app("Good") + Self.app("Better")).count == 2)
            #expect(try await place.stored.count == 2)
        }
    }

    @Test(
        "app-model 7.2: a rotation by a deployment needs ignoreWarnings, and replaces what is asked for at once",
        arguments: TestDatabase.available,
        [(true, false), (false, true), (true, true)]
    )
    func rotation(driver: TestDatabase, flags: (key: Bool, secret: Bool)) async throws {
        try await withPlace(driver) { place in
            let first = try #require(try await place.deploy(Self.app("Orders")).first)
            let before = try #require(try await place.stored.first?.consumers.first)
            let files = Self.app(
                "Orders",
                [
                    "shouldRotateConsumerKey": "\(flags.key)", "shouldRotateConsumerSecret": "\(flags.secret)",
                    "isPkceRequired": "false",
                ]
            )
            let errors = try await place.refusal(files)
            #expect(errors.map(\.code) == [.warning])
            #expect(errors.first?.element == (flags.key ? "shouldRotateConsumerKey" : "shouldRotateConsumerSecret"))
            #expect(errors.first?.remedy.contains("ignoreWarnings") == true)
            #expect(try await place.stored.first?.consumers == [before])

            let change = try #require(try await place.deploy(files, ignoreWarnings: true).first)
            let stored = try #require(try await place.stored.first)
            let after = try #require(stored.consumers.first)
            #expect(stored.consumers.count == 1 && after.state == .active)
            #expect((after.key != before.key) == flags.key && change.consumerKey == after.key)
            #expect((after.secretDigest != before.secretDigest) == flags.secret)
            #expect((change.newSecret != nil) == flags.secret)
            #expect(change.newSecret?.revealed != first.newSecret?.revealed)
            let opened = try place.masterKey.open(after.sealedSecret, context: Consumer.sealContext(after.id))
            #expect(place.masterKey.digest(ofConsumerSecret: Secret(opened)) == after.secretDigest)
            // The flags are an order and no setting; what else the document says is kept.
            #expect(stored.components.globalOAuth?.record.shouldRotateConsumerKey == nil)
            #expect(stored.components.globalOAuth?.record.shouldRotateConsumerSecret == nil)
            #expect(stored.components.globalOAuth?.record.isPKCERequired == false)
            let org = place.org.id
            let entries = try await place.database.read { try AuditTrail.entries(org: org, limit: 99, on: $0) }
            #expect(entries.count { $0.content.contains("credentialsRotated") } == 1)
        }
    }

    @Test(
        "app-model 7.2: a new app has nothing to rotate, so the flags need no confirmation and are not kept",
        arguments: TestDatabase.available
    )
    func rotationOfNewApp(driver: TestDatabase) async throws {
        try await withPlace(driver) { place in
            let files = Self.app("Orders", ["shouldRotateConsumerKey": "true", "consumerKey": "3MVG9orders.key"])
            let change = try await place.deploy(files).first
            let global = try await place.stored.first?.components.globalOAuth?.record
            #expect(change?.consumerKey == "3MVG9orders.key")
            #expect(global != nil && global?.shouldRotateConsumerKey == nil)
        }
    }
}
