import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Security settings of packaged apps")
struct PackagedSecurityTests {
    private static func security(_ address: String) -> SourceFile {
        ConnectedAppPlace.file(
            "extlClntAppOauthSecuritySettings/Orders_s.ecaOauthSecurity",
            "ExtlClntAppOauthSecuritySettings",
            [
                "externalClientApplication": "Orders",
                "tokenIpRanges": "<endIpAddress>\(address)</endIpAddress><startIpAddress>\(address)</startIpAddress>",
            ]
        )
    }

    private static func allowlist(_ place: ConnectedAppPlace) async throws -> [String] {
        let org = place.org
        let stored = try #require(try await place.stored("Orders"))
        let app = try await place.database.read { try AppRecords.state(stored, org: org, on: $0).app }
        return app.refreshTokenIPAllowlist.map(\.description)
    }

    @Test(
        "app-model 8.4 and 10: the refresh token IP allowlist of a packaged app holds wherever its consumer is used, and is its developer's alone",
        arguments: TestDatabase.available
    )
    func associated(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.source.deploy([Self.security("192.0.2.1")])
            let archive = try await place.made()
            #expect(try ArchiveReader().files(of: archive).allSatisfy { !$0.path.contains("ecaOauthSecurity") })
            try await place.install(try AppPackage(reading: archive))
            #expect(try await Self.allowlist(place.target) == ["192.0.2.1-192.0.2.1"])
            try await place.source.deploy([Self.security("192.0.2.2")])
            #expect(try await Self.allowlist(place.target) == ["192.0.2.2-192.0.2.2"])
            let refusal = try await place.target.refusal([Self.security("192.0.2.3")])
            #expect(refusal.first?.code == .cannotModifyManagedObject)
        }
    }
}
