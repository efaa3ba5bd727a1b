import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("Installing packages")
struct PackageInstallationTests {
    private func elements(_ differences: [AppForecast.Difference]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: differences.map { ($0.element, $0.after) })
    }

    @Test(
        "app-model 6.1: an associated installation shares the consumer and the global settings of the source org, and has its own policies",
        arguments: TestDatabase.available
    )
    func associated(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            var defaults = OAuthPolicies()
            (defaults.externalClientApplication, defaults.sessionTimeoutInMinutes) = ("Orders", 45)
            let installed = try await place.install(try await place.package(defaults: defaults))
            let (source, app) = (try await place.source.effective("Orders"), try await place.target.effective("Orders"))
            #expect(app.id == installed.id && app.id != source.id && app.org == place.target.org.id)
            #expect(app.consumers == source.consumers && installed.consumerKey == "3MVG9orders.key")
            #expect(installed.newSecret == nil)
            #expect(app.callbackURLs == ["https://orders.example/secret-callback"] && app.tokenFormat == .jwt)
            #expect(app.scopes == source.scopes && app.isOAuthEnabled && app.isEnabled)
            #expect(app.opaqueSessionTimeoutMinutes == 45 && source.opaqueSessionTimeoutMinutes == nil)
            #expect(app.permittedUsers == .selfAuthorized && app.refreshTokenPolicy == .lifetime(.days(365)))
            let stored = try #require(try await place.target.stored("Orders"))
            #expect(stored.isFromPackage && stored.consumers.isEmpty && stored.components.globalOAuth == nil)
            #expect(try await place.target.auditedActions == ["packageInstalled", "created"])
            // What the developer changes at home counts at once: the global settings stay in the source org.
            try await place.source.deploy([PackagePlace.global(["callbackUrl": "https://orders.example/new"])])
            #expect(try await place.target.effective("Orders").callbackURLs == ["https://orders.example/new"])
            let key = "3MVG9orders.key"
            let (home, there) = (place.source.org.id, place.target.org.id)
            let apps = try await place.source.database.read { connection in
                try [home, there].map { try AppRecords.state(consumerKey: key, org: $0, on: connection)?.app.id }
            }
            #expect(apps == [source.id, app.id])
        }
    }

    @Test(
        "app-model 6: the admin sees scopes, flows, callback URLs, audiences and suggested values before anything is stored",
        arguments: TestDatabase.available
    )
    func plan(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            var defaults = OAuthPolicies()
            (defaults.externalClientApplication, defaults.sessionTimeoutInMinutes) = ("Orders", 45)
            try await place.source.deploy([
                PackagePlace.global([
                    "idTokenConfig": "<idTokenAudience>https://api.example</idTokenAudience>",
                    "isClientCredentialsFlowEnabled": "true",
                ])
            ])
            let package = try await place.package(defaults: defaults)
            try await place.trust(package)
            let plan = try await place.installation.plan(package, .installAssociated, in: place.target.database)
            let elements = elements(plan.differences)
            #expect(plan.step == .install && plan.from == nil && plan.to == "1.0.0" && plan.refusals.isEmpty)
            #expect(elements["commaSeparatedOauthScopes"] == "Api, RefreshToken")
            #expect(elements["callbackUrl"] == "https://orders.example/secret-callback")
            #expect(elements["idTokenAudience"] == "https://api.example")
            #expect(elements["sessionTimeoutInMinutes"] == "45 minutes" && elements["label"] == "Orders & more")
            #expect(elements["flows"] == "web server, refresh token, client credentials (once the admin allows it)")
            #expect(elements["ExtlClntAppCanvasSettings.canvasUrl"] == "https://orders.example/canvas")
            #expect(elements["oauthLink"] == nil)
            #expect(plan.notices.map(\.element) == ["isClientCredentialsFlowEnabled", "sessionTimeoutInMinutes"])
            #expect(try await place.target.stored("Orders") == nil)
            // What is approved is what is done, or nothing.
            try await place.source.deploy([PackagePlace.global(["callbackUrl": "https://evil.example"])])
            await #expect(throws: PackageRefusal.self) {
                try await place.installation.perform(
                    package,
                    .installAssociated,
                    approved: plan,
                    in: place.target.database
                )
            }
            #expect(try await place.target.stored("Orders") == nil)
        }
    }

    @Test(
        "app-model 6: a package of an unknown signer is refused with the fingerprint, until the signer is trusted; trust ends",
        arguments: TestDatabase.available
    )
    func trust(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            let fingerprint = package.manifest.key.fingerprint
            #expect(try await place.refusal(package)?.contains("--fingerprint \(fingerprint)") == true)
            try await place.install(package)
            let (org, target) = (place.target.org.id, place.target)
            let newer = try await place.package("1.0.1")
            func distrust() async throws -> Bool {
                try await target.database.write {
                    try PackageSigners.distrust(fingerprint, org: org, by: .server, now: PackagePlace.now, on: $0)
                }
            }
            #expect(try await distrust())
            #expect(try await !distrust())
            #expect(
                try await place.refusal(newer, .upgrade(allowsDowngrade: false))?.contains("does not trust") == true
            )
            #expect(try await target.stored("Orders") != nil)
        }
    }

    @Test(
        "app-model 6.1: a trusted signer gives away no consumer but its own org's",
        arguments: TestDatabase.available
    )
    func foreignConsumer(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let real = try await place.package()
            let key = PackageKey()
            func forged(_ org: OrgID, _ app: AppID, signedBy key: PackageKey, link: String? = nil) throws -> AppPackage
            {
                var components = real.components
                if let link { components.oauth?.record.oauthLink = link }
                let files = components.documents.map {
                    ArchiveEntry(path: $0.type.path(of: $0.fullName), bytes: MetadataDocument.xml($0))
                }
                let manifest = AppPackageManifest(
                    name: "Orders",
                    version: real.manifest.version,
                    sourceOrg: org,
                    sourceApp: app,
                    issuer: "https://evil.example",
                    createdAt: PackagePlace.now,
                    key: key.publicKey,
                    files: files.map { AppPackageManifest.File($0) }
                )
                let signature = Base64URL.encode(try key.signature(of: manifest.signedBytes))
                let own = [
                    ArchiveEntry(path: "package.manifest", bytes: manifest.bytes),
                    ArchiveEntry(path: "package.signature", bytes: Array(signature.utf8)),
                ]
                return try AppPackage(reading: try ArchiveWriter.archive(own + files))
            }
            let (org, app) = (real.manifest.sourceOrg, real.manifest.sourceApp)
            let foreignKey = try forged(org, app, signedBy: key)
            try await place.trust(foreignKey)
            #expect(try await place.refusal(foreignKey)?.contains("is not the key of the org") == true)
            let elsewhere = try forged(try #require(OrgID("00D000000000009")), app, signedBy: key)
            #expect(try await place.refusal(elsewhere)?.contains("--global FILE") == true)
            let own = try await place.source.database.write { connection in
                try PackageExport(
                    org: place.source.org,
                    actor: .server,
                    now: PackagePlace.now,
                    masterKey: place.source.masterKey
                ).key(on: connection)
            }
            let wrongLink = try forged(org, app, signedBy: own, link: "\(org.rawValue):888000000000001")
            try await place.trust(wrongLink)
            #expect(try await place.refusal(wrongLink)?.contains("oauthLink") == true)
        }
    }

    @Test(
        "app-model 6.1: a disassociated installation has global settings and a consumer of its own",
        arguments: TestDatabase.available
    )
    func disassociated(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            var global = GlobalOAuthSettings()
            (global.externalClientApplication, global.callbackURL) = ("Orders", "https://subscriber.example/back")
            global.consumerKey = "3MVG9orders.key"
            let package = try await place.package()
            try await place.trust(package)
            #expect(try await place.refusal(package, .installDisassociated(global))?.contains("already in use") == true)
            global.consumerKey = nil
            let installed = try await place.install(package, .installDisassociated(global))
            let app = try await place.target.effective("Orders")
            #expect(installed.newSecret != nil && installed.consumerKey != "3MVG9orders.key")
            #expect(app.consumers.map(\.key) == [installed.consumerKey])
            #expect(app.callbackURLs == ["https://subscriber.example/back"] && app.tokenFormat == .opaque)
            // Its global settings are its own to change; the rest is not.
            let settings = PackagePlace.global(["callbackUrl": "https://subscriber.example/new"])
            let text = String(decoding: settings.bytes, as: UTF8.self)
                .replacing("<consumerKey>3MVG9orders.key</consumerKey>", with: "")
                .replacing("<consumerSecret>\(PackagePlace.secret)</consumerSecret>", with: "")
            try await place.target.deploy([SourceFile(path: settings.path, bytes: Array(text.utf8))])
            #expect(try await place.target.effective("Orders").callbackURLs == ["https://subscriber.example/new"])
            #expect(
                try await place.target.refusal([PackagePlace.settings("Full")]).map(\.code) == [
                    .cannotModifyManagedObject
                ]
            )
            let source = try #require(try await place.source.stored("Orders"))
            let lifecycle = place.source.lifecycle
            let deletion = try await place.source.database.write { try lifecycle.delete(source, on: $0) }
            #expect(deletion == .deleted)
            #expect(try await place.target.effective("Orders").consumers.count == 1)
        }
    }

    @Test(
        "app-model 6.1: an upgrade changes the developer's part, keeps the admin's policies, and foretells whom it refuses",
        arguments: TestDatabase.available
    )
    func upgrade(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let first = try await place.package()
            try await place.install(first)
            let users = try await place.target.addUsers(["robot@subscriber.example", "ann@subscriber.example"])
            let grant = try await place.target.grant(users[1], "Orders", scopes: [.api, .refreshToken])
            try await place.target.deploy([PackagePlace.policies(["sessionTimeoutInMinutes": "90"])])
            try await place.source.deploy([
                PackagePlace.header(["label": "Orders 2"]), PackagePlace.settings("Web, RefreshToken"),
            ])
            let app = try #require(try await place.source.stored("Orders"))
            _ = try await place.source.database.write { connection in
                try connection.execute(
                    "DELETE FROM app_components WHERE app_id = \(app.id) AND kind = \(MetadataType.canvasSettings.rawValue)"
                )
            }
            var defaults = OAuthPolicies()
            (defaults.externalClientApplication, defaults.sessionTimeoutInMinutes) = ("Orders", 10)
            let second = try await place.package("1.1.0", defaults: defaults)
            let plan = try await place.upgrade(second)
            #expect(plan.step == .upgrade && plan.from == "1.0.0" && plan.to == "1.1.0")
            #expect(elements(plan.differences)["commaSeparatedOauthScopes"] == "Web, RefreshToken")
            #expect(elements(plan.differences)["ExtlClntAppCanvasSettings.canvasUrl"] == "")
            #expect(plan.suggestions.map(\.element) == ["sessionTimeoutInMinutes"])
            #expect(plan.suggestions.map(\.before) == ["90"] && plan.suggestions.map(\.after) == ["10"])
            #expect(plan.refusals.contains { $0.authorization == grant && $0.username == "ann@subscriber.example" })
            let effective = try await place.target.effective("Orders")
            #expect(effective.label == "Orders 2" && effective.opaqueSessionTimeoutMinutes == 90)
            #expect(effective.scopes.contains(.web) && !effective.scopes.contains(.api))
            #expect(try await place.target.stored("Orders")?.components.plugins.isEmpty == true)
            #expect(try await place.refusal(second, .upgrade(allowsDowngrade: true))?.contains("already") == true)
            #expect(
                try await place.refusal(first, .upgrade(allowsDowngrade: false))?.contains("--allow-downgrade") == true
            )
            #expect(try await place.upgrade(first, allowsDowngrade: true).step == .downgrade)
            let back = try await place.target.effective("Orders")
            #expect(back.label == "Orders & more" && back.opaqueSessionTimeoutMinutes == 90)
            #expect(try await place.target.stored("Orders")?.components.plugins.count == 1)
            #expect(try await place.target.auditedActions.filter { $0 == "packageUpgraded" }.count == 2)
        }
    }

    @Test(
        "app-model 6: an app in the way, the org of the maker, a second installation and an app that is not installed are refused",
        arguments: TestDatabase.available
    )
    func refusals(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            try await place.trust(package)
            #expect(
                try await place.refusal(package, .upgrade(allowsDowngrade: false))?.contains("signet package install")
                    == true
            )
            try await place.target.deploy(ConnectedAppPlace.externalClientApp("Orders"))
            #expect(try await place.refusal(package)?.contains("another app of this org") == true)
            #expect(
                try await place.refusal(package, .upgrade(allowsDowngrade: false))?.contains(
                    "did not come from this package"
                ) == true
            )
            let app = try #require(try await place.target.stored("Orders"))
            let lifecycle = place.target.lifecycle
            _ = try await place.target.database.write { try lifecycle.delete(app, on: $0) }
            try await place.install(package)
            #expect(try await place.refusal(package)?.contains("signet package upgrade") == true)
            let home = PackageInstallation(
                org: place.source.org,
                actor: .server,
                now: PackagePlace.now,
                masterKey: place.source.masterKey
            )
            let (source, manifest) = (place.source.org.id, package.manifest)
            try await place.source.database.write {
                try PackageSigners.trust(
                    manifest.key.fingerprint,
                    issuer: manifest.issuer,
                    org: source,
                    by: .server,
                    now: PackagePlace.now,
                    on: $0
                )
            }
            await #expect(throws: PackageRefusal.self) {
                try await home.plan(package, .installAssociated, in: place.source.database)
            }
            let error = try await #require(throws: PackageRefusal.self) {
                try await place.made("1.0.0", by: place.target)
            }
            #expect(error.description.contains("came from a package itself"))
        }
    }

    @Test(
        "app-model 6.1: what came from a package is read-only, its policies are the admin's, and uninstalling ends it here alone",
        arguments: TestDatabase.available
    )
    func readOnly(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            for file in [
                PackagePlace.header(["label": "Mine"]), PackagePlace.settings("Full"), PackagePlace.canvas,
                PackagePlace.global(),
            ] {
                let errors = try await place.target.refusal([file])
                #expect(errors.map(\.code) == [.cannotModifyManagedObject], "\(file.path)")
                #expect(errors.allSatisfy { !$0.remedy.isEmpty })
            }
            try await place.target.deploy([PackagePlace.policies(["ipRelaxationPolicyType": "Bypass"])])
            #expect(try await place.target.effective("Orders").ipRelaxation == .bypass)
            #expect(try await place.source.effective("Orders").ipRelaxation == .enforce)
            let (source, target) = (place.source, place.target)
            for (org, text) in [(target, "signet package uninstall Orders"), (source, "https://subscriber.example")] {
                let app = try #require(try await org.stored("Orders"))
                let error = try await #require(throws: AppLifecycle.Refusal.self) {
                    try await org.database.write { try org.lifecycle.delete(app, on: $0) }
                }
                #expect(error.description.contains(text))
            }
            let users = try await target.addUsers(["robot@subscriber.example"])
            _ = try await target.grant(users[0], "Orders")
            try await place.uninstall()
            #expect(try await target.stored("Orders") == nil)
            #expect(try await target.auditedActions.last == "packageUninstalled")
            #expect(try await source.effective("Orders").isOAuthEnabled)
            try await place.install(try await place.package("1.0.1"))
            #expect(try await target.effective("Orders").ipRelaxation == .enforce)
        }
    }

    @Test(
        "app-model 6.1: an installation that has the consumer of its source stages no pair of its own, which would never work",
        arguments: TestDatabase.available
    )
    func noStagedPair(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            try await place.trust(package)
            let plan = try await place.installation.plan(package, .installAssociated, in: place.target.database)
            _ = try await place.installation.perform(
                package,
                .installAssociated,
                approved: plan,
                in: place.target.database
            )
            let app = try #require(try await place.target.stored("Orders"))
            let credentials = ConsumerCredentials(masterKey: place.target.masterKey)
            await #expect(throws: CredentialRefusal.noConsumer) {
                try await place.target.database.write {
                    _ = try credentials.stage(app, by: .server, now: PackagePlace.now, on: $0)
                }
            }
            #expect(try await place.target.database.read { try Credentials.all(app: app.id, on: $0) }.isEmpty)
        }
    }
}
