import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Custom scopes in packages")
struct PackagedScopeTests {
    private static func define(_ description: String, _ place: ConnectedAppPlace, label: String = "Orders") async throws
    {
        var scope = OAuthCustomScope()
        (scope.developerName, scope.masterLabel, scope.description) = ("orders_read", label, description)
        (scope.isProtected, scope.isPublic) = (false, true)
        let document = MetadataComponent(fullName: "orders_read", content: .customScope(scope))
        let org = place.org.id
        try await place.database.write { connection in
            var randomness = SystemRandomNumberGenerator()
            try OrgDocuments.save(
                document,
                id: OrgDocumentID.make(prefix: "0CS", now: PackagePlace.now, using: &randomness),
                org: org,
                by: .server,
                now: PackagePlace.now,
                on: connection
            )
        }
    }

    private static func scopes(_ place: ConnectedAppPlace) async throws -> [OAuthCustomScope] {
        let org = place.org.id
        return try await place.database.read { try OrgDocuments.customScopes(org: org, on: $0) }
    }

    private static let settings = ConnectedAppPlace.file(
        "extlClntAppOauthSettings/Orders_o.ecaOauth",
        "ExtlClntAppOauthSettings",
        [
            "commaSeparatedCustomScopes": "orders_read, orders_read", "commaSeparatedOauthScopes": "Api, RefreshToken",
            "externalClientApplication": "Orders",
        ]
    )

    @Test(
        "app-model 6.1 and 8.5: the custom scopes that an app names travel with its package and are there after the installation",
        arguments: TestDatabase.available
    )
    func travel(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await Self.define("Read orders", place.source)
            try await place.source.deploy([Self.settings])
            let archive = try await place.made()
            #expect(
                try ArchiveReader().files(of: archive).map(\.path).contains(
                    "oauthcustomscopes/orders_read.oauthcustomscope"
                )
            )
            let package = try AppPackage(reading: archive)
            try await place.trust(package)
            let plan = try await place.installation.plan(package, .installAssociated, in: place.target.database)
            #expect(
                plan.differences.contains { $0.element == "OauthCustomScope.orders_read" && $0.after == "Read orders" }
            )
            #expect(try await Self.scopes(place.target).isEmpty)
            try await place.install(package)
            #expect(try await Self.scopes(place.target) == package.customScopes)
            let org = place.target.org
            let stored = try #require(try await place.target.stored("Orders"))
            let app = try await place.target.database.read { try AppRecords.state(stored, org: org, on: $0).app }
            #expect(app.scopes.scopes.contains { $0.name == "orders_read" })
            // It is the org's from then on: another version changes nothing of it.
            let plans = try await place.upgrade(try await place.package("1.1.0"))
            #expect(!plans.differences.contains { $0.element.hasPrefix("OauthCustomScope") })
        }
    }

    @Test(
        "app-model 1.10: a package does not change what an org says of a custom scope, and is refused where it says something else",
        arguments: TestDatabase.available
    )
    func conflict(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await Self.define("Read orders", place.source)
            try await place.source.deploy([Self.settings])
            let package = try await place.package()
            try await place.trust(package)
            try await Self.define("Read and change orders", place.target)
            #expect(try await place.refusal(package)?.contains("Read and change orders") == true)
            try await Self.define("Read orders", place.target, label: "Mine")
            try await place.install(package)
            #expect(try await Self.scopes(place.target).map(\.masterLabel) == ["Mine"])
        }
    }

    @Test(
        "app-model 8.5: an app that names a custom scope which its org has not cannot be packaged",
        arguments: TestDatabase.available
    )
    func undefined(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.source.deploy([Self.settings])
            let refusal = await #expect(throws: PackageRefusal.self) { try await place.made() }
            #expect(refusal?.description.contains("orders_read") == true)
        }
    }
}
