import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// An org in a fresh database where connected apps may be created, unless it is said that they may not.
struct ConnectedAppPlace: Sendable {
    static let now = Timestamp(seconds: 1_795_566_722)
    let database: any Database
    let org: Org
    let masterKey: MasterKey

    static func with(
        _ driver: TestDatabase,
        edition: Edition = .developer,
        allowsCreation: Bool = true,
        _ body: @escaping (ConnectedAppPlace) async throws -> Void
    ) async throws {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Acme",
            edition: edition,
            issuer: "https://acme.example",
            createdAt: now,
            isConnectedAppCreationEnabled: allowsCreation
        )
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        try await driver.withDatabase { database in
            try await database.write { try OrgRecords.insert(org, by: .server, on: $0) }
            try await body(ConnectedAppPlace(database: database, org: org, masterKey: masterKey))
        }
    }

    @discardableResult
    func deploy(_ files: [SourceFile], by other: Org? = nil) async throws -> [AppDeployment.Change] {
        let (deployment, org) = (AppDeployment(masterKey: masterKey, actor: .server), other ?? org)
        return try await database.write { try deployment.deploy(files, org: org, now: Self.now, on: $0) }
    }

    func refusal(_ files: [SourceFile]) async throws -> [MetadataError] {
        do {
            try await deploy(files)
            return []
        } catch let refused as MetadataErrors {
            return refused.errors
        }
    }

    func stored(_ name: String) async throws -> AppRecords.Stored? {
        let org = org.id
        return try await database.read { try AppRecords.find(developerName: name, org: org, on: $0) }
    }

    static func connectedApp(_ oauth: [String: String] = [:], top: String = "", name: String = "Billing")
        -> SourceFile
    {
        let config = ["callbackUrl": "https://billing.example/back", "scopes": "Api"]
            .merging(oauth) { _, new in new }
        let body = config.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined()
        return file(
            "connectedApps/\(name).connectedApp",
            "ConnectedApp",
            "<contactEmail>dev@acme.example</contactEmail><label>Billing</label>\(top)<oauthConfig>\(body)</oauthConfig>"
        )
    }

    static func externalClientApp(_ name: String = "Billing", global: String = "") -> [SourceFile] {
        let parent = "<externalClientApplication>\(name)</externalClientApplication>"
        return [
            file("externalClientApps/\(name).eca", "ExternalClientApplication", "<label>Orders</label>"),
            file(
                "extlClntAppGlobalOauthSets/\(name)_g.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                "<callbackUrl>https://orders.example/back</callbackUrl>\(parent)\(global)"
            ),
            file("extlClntAppOauthSettings/\(name)_o.ecaOauth", "ExtlClntAppOauthSettings", parent),
        ]
    }

    static func file(_ path: String, _ type: String, _ body: String) -> SourceFile {
        let text = "<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(body)</\(type)>"
        return SourceFile(path: path, bytes: Array(text.utf8))
    }
}

@Suite("Deployment of connected apps")
struct ConnectedAppDeploymentTests {
    @Test(
        "app-model 10: creating a connected app is refused in the original's words, with the remedy of this server",
        arguments: TestDatabase.available
    )
    func creationRefused(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver, allowsCreation: false) { place in
            let errors = try await place.refusal([ConnectedAppPlace.connectedApp()])
            #expect(
                errors.first?.problem
                    == "You can't create a connected app. To enable connected app creation, contact Salesforce Customer Support."
            )
            #expect(errors.first?.remedy.contains("signet org set --connected-app-creation on") == true)
            #expect(try await place.stored("Billing") == nil)
        }
    }

    @Test(
        "app-model 10: a connected app that is there can be changed though no new one can be made",
        arguments: TestDatabase.available
    )
    func editable(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let made = try #require(try await place.deploy([ConnectedAppPlace.connectedApp()]).first)
            #expect(made.kind == .created && made.appKind == .connectedApp && made.newSecret != nil)
            let closed = Org(
                id: place.org.id,
                name: "Acme",
                edition: .developer,
                issuer: place.org.issuer,
                createdAt: ConnectedAppPlace.now
            )
            let app = ConnectedAppPlace.connectedApp(["isPkceRequired": "true"])
            let changed = try #require(try await place.deploy([app], by: closed).first)
            #expect(changed.kind == .updated && changed.consumerKey == made.consumerKey && changed.newSecret == nil)
            let stored = try await place.stored("Billing")
            #expect(stored?.kind == .connectedApp)
            #expect(stored?.components.connectedApp?.oauthConfig?.isPKCERequired == true)
        }
    }

    @Test(
        "app-model 2: key and secret can be chosen at creation only, and are not kept in the document",
        arguments: TestDatabase.available
    )
    func credentials(driver: TestDatabase) async throws {
        let given = ["consumerKey": "3MVG9billing.key", "consumerSecret": "0123456789ABCDEF"]
        try await ConnectedAppPlace.with(driver) { place in
            let made = try #require(try await place.deploy([ConnectedAppPlace.connectedApp(given)]).first)
            #expect(made.consumerKey == "3MVG9billing.key" && made.newSecret?.revealed == "0123456789ABCDEF")
            let config = try await place.stored("Billing")?.components.connectedApp?.oauthConfig
            #expect(config?.consumerKey == nil && config?.consumerSecret == nil)
            let other = given.merging(["consumerKey": "3MVG9another.key"]) { _, new in new }
            let errors = try await place.refusal([ConnectedAppPlace.connectedApp(other)])
            #expect(errors.map(\.code) == [.fieldIntegrityException])
            let twin = ConnectedAppPlace.connectedApp(given, name: "Twin")
            #expect(try await place.refusal([twin]).map(\.code) == [.duplicateValue])
        }
    }

    @Test(
        "app-model 1.1: one name is of one app; the documents of the other kind are refused under it",
        arguments: TestDatabase.available
    )
    func oneName(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let both = [ConnectedAppPlace.connectedApp()] + ConnectedAppPlace.externalClientApp()
            #expect(try await place.refusal(both).map(\.code) == [.duplicateDeveloperName])
            try await place.deploy([ConnectedAppPlace.connectedApp()])
            let errors = try await place.refusal(ConnectedAppPlace.externalClientApp())
            #expect(errors.map(\.code) == [.duplicateDeveloperName])
            #expect(errors.first?.remedy.contains("signet app migrate Billing") == true)
            try await place.deploy(ConnectedAppPlace.externalClientApp("Orders"))
            let taken = ConnectedAppPlace.connectedApp(name: "Orders")
            #expect(try await place.refusal([taken]).map(\.code) == [.duplicateDeveloperName])
        }
    }

    @Test(
        "app-model 5: what an edition does not have is refused with the edition named",
        arguments: TestDatabase.available
    )
    func editions(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver, edition: .database) { place in
            for files in [[ConnectedAppPlace.connectedApp()], ConnectedAppPlace.externalClientApp()] {
                let errors = try await place.refusal(files)
                #expect(errors.first?.problem.contains("not available in Database Edition") == true)
            }
        }
        try await ConnectedAppPlace.with(driver, edition: .group) { place in
            let approved = ConnectedAppPlace.connectedApp(["isAdminApproved": "true"])
            let errors = try await place.refusal([approved])
            #expect(errors.map(\.element) == ["isAdminApproved"])
            #expect(errors.first?.problem.contains("Group Edition") == true)
            try await place.deploy([ConnectedAppPlace.connectedApp(["isNamedUserJwtEnabled": "true"])])
            #expect(try await place.refusal([approved]).map(\.element) == ["isAdminApproved"])
            #expect(try await place.refusal(ConnectedAppPlace.externalClientApp("Orders")).count == 1)
        }
    }
}
