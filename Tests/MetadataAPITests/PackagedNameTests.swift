import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// A consumer key names one app of an org, whatever the app is called.
@Suite("Names of packaged apps")
struct PackagedNameTests {
    /// Somebody of the org that makes the packages, who may do everything.
    private static func developer(_ place: ConnectedAppPlace) async throws -> MetadataCaller {
        let user = try #require(try await place.addUsers(["dev@acme.example"], profile: "Developers").first)
        let (org, now) = (place.org, ConnectedAppPlace.now)
        let account = try await place.database.write { connection in
            let profile = Profile(
                id: user.profile,
                org: org.id,
                name: "Developers",
                permissions: MetadataPlace.allRights
            )
            try Profiles.update(profile, by: .server, now: now, on: connection)
            return try Users.account(user.id, on: connection)
        }
        return MetadataCaller(org: org, account: try #require(account), source: nil, version: 68, now: now)
    }

    @Test(
        "app-model 6.1: an app of which packages were made keeps its name",
        arguments: TestDatabase.available
    )
    func rename(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let caller = try await Self.developer(place.source)
            let service = MetadataService(database: place.source.database, masterKey: place.source.masterKey)
            func rename(_ old: String, _ new: String) async throws -> SaveOutcome.Problem? {
                let operation = MetadataOperation.rename(type: "ExternalClientApplication", from: old, to: new)
                guard case .saved(let outcomes) = try await service.perform(operation, by: caller) else {
                    throw MetadataPlace.Unexpected()
                }
                return outcomes.first?.problem
            }
            #expect(try await rename("Orders", "Sales") == nil)
            #expect(try await rename("Sales", "Orders") == nil)
            _ = try await place.package()
            let refused = try await rename("Orders", "Sales")
            #expect(refused?.code == .cannotModifyManagedObject && refused?.message.contains("label") == true)
            #expect(try await place.source.stored("Orders") != nil)
        }
    }

    /// What an older release made of the app under another name.
    private static func renamed(_ package: AppPackage, _ place: PackagePlace, _ version: String) async throws
        -> AppPackage
    {
        let files = package.components.documents.map { document in
            var component = MetadataComponent(
                fullName: document.fullName,
                content: document.content.belonging(to: "Sales")
            )
            if case .externalClientApplication(var header) = component.content {
                header.orgScopedExternalApp = "\(package.manifest.sourceOrg.rawValue):Sales"
                component = MetadataComponent(fullName: "Sales", content: .externalClientApplication(header))
            }
            return ArchiveEntry(
                path: component.type.path(of: component.fullName),
                bytes: MetadataDocument.xml(component)
            )
        }
        let source = place.source
        let key = try await source.database.write { connection in
            try PackageExport(org: source.org, actor: .server, now: PackagePlace.now, masterKey: source.masterKey)
                .key(on: connection)
        }
        let manifest = AppPackageManifest(
            name: "Sales",
            version: try #require(PackageVersion(version)),
            sourceOrg: package.manifest.sourceOrg,
            sourceApp: package.manifest.sourceApp,
            issuer: package.manifest.issuer,
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

    @Test(
        "app-model 6.1: an app is installed once in an org, also from a package that calls it something else",
        arguments: TestDatabase.available
    )
    func otherName(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            try await place.install(package)
            let other = try await Self.renamed(package, place, "2.0.0")
            let installing = try await place.refusal(other)
            #expect(installing?.contains("'Orders' is installed in version 1.0.0") == true, "\(installing ?? "")")
            var global = GlobalOAuthSettings()
            (global.externalClientApplication, global.callbackURL) = ("Sales", "https://subscriber.example/back")
            let apart = try await place.refusal(other, .installDisassociated(global))
            #expect(apart?.contains("'Orders' is installed in version 1.0.0") == true, "\(apart ?? "")")
            let upgrading = try await place.refusal(other, .upgrade(allowsDowngrade: false))
            #expect(upgrading?.contains("installed as 'Orders', and this package calls it 'Sales'") == true)
            #expect(try await place.target.stored("Sales") == nil)
        }
    }

    @Test(
        "app-model 1.1 and 6.1: a version whose document has the full name of another app's is refused, and the app stays as it was",
        arguments: TestDatabase.available
    )
    func takenDocumentName(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            let other = ConnectedAppPlace.externalClientApp("Other")
            let parent = "<externalClientApplication>Other</externalClientApplication>"
            let settings = ConnectedAppPlace.file(
                "extlClntAppOauthSettings/Main.ecaOauth",
                "ExtlClntAppOauthSettings",
                parent
            )
            try await place.target.deploy([other[0], other[1], settings])
            let renamed = ConnectedAppPlace.file(
                "extlClntAppOauthSettings/main.ecaOauth",
                "ExtlClntAppOauthSettings",
                ["commaSeparatedOauthScopes": "Api", "externalClientApplication": "Orders"]
            )
            try await place.source.deploy([renamed])
            let second = try await place.package("2.0.0")
            let refused = await #expect(throws: MetadataError.self) { _ = try await place.upgrade(second) }
            #expect(refused?.code == .duplicateDeveloperName && refused?.problem.contains("'Other'") == true)
            let names = try await place.target.stored("Orders")?.components.documents.map(\.fullName) ?? []
            #expect(names.contains("Orders_o") && !names.contains("main"))
        }
    }

    @Test(
        "app-model 6.1: the database holds one app of an org to a consumer of another",
        arguments: TestDatabase.available
    )
    func oneApp(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            try await place.target.deploy(ConnectedAppPlace.externalClientApp("Other"))
            let source = try #require(try await place.source.stored("Orders")).id
            let other = try #require(try await place.target.stored("Other")).id
            await #expect(throws: ConstraintViolation(.unique)) {
                _ = try await place.target.database.write {
                    try $0.execute("UPDATE apps SET source_app_id = \(source) WHERE id = \(other)")
                }
            }
        }
    }
}
