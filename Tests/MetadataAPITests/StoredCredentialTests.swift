import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// A database that refuses every write.
private struct ReadOnlyDatabase: Database {
    struct Refused: Error {}

    let base: any Database

    func read<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await base.read(body)
    }

    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        throw Refused()
    }

    func close() async throws { try await base.close() }
}

@Suite("Credentials that an earlier release kept in the clear")
struct StoredCredentialTests {
    private static let now = MetadataPlace.now

    private static func document(_ place: MetadataPlace) async throws -> String {
        try await place.database.read { connection in
            var row = try connection.row("SELECT document FROM app_components WHERE kind = 'ExtlClntAppPushSettings'")
            return String(decoding: try row?.blob() ?? [], as: UTF8.self)
        }
    }

    @Test(
        "security: credentials of a push service that stand in the clear are sealed at the start, which the audit trail keeps, and mean the same; where all are sealed, nothing is written",
        arguments: TestDatabase.available
    )
    func push(driver: TestDatabase) async throws {
        let rights = MetadataPlace.allRights.union([.viewSecretsInMetadata])
        try await MetadataPlace.run(on: driver, rights: rights) { place in
            try await place.deploy(PackageMother.package())
            var settings = PushSettings()
            (settings.externalClientApplication, settings.pushServiceType) = ("Orders", .android)
            settings.androidPushConfig = .init()
            settings.androidPushConfig?.serviceAccount = "U0VSVklDRQ=="
            settings.androidPushConfig?.fcmProject = "p"
            let (org, clear) = (place.org.id, settings)
            try await place.database.write { connection in
                let found = try AppRecords.find(developerName: "Orders", org: org, on: connection)
                let app = try #require(found)
                var components = app.components
                components.plugins[.pushSettings] = MetadataComponent(
                    fullName: "Orders_push",
                    content: .pushSettings(clear)
                )
                try AppRecords.save(components, over: app, by: .server, now: Self.now, on: connection)
            }
            #expect(try await Self.document(place).contains("U0VSVklDRQ=="))
            func seal() async throws -> Int {
                try await StoredCredentials.seal(
                    under: place.masterKey,
                    in: place.database,
                    by: .server,
                    now: Self.now
                )
            }
            let before = try await place.audit
            #expect(try await seal() == 1)
            #expect(try await place.audit == before + ["updated Orders"])
            let sealed = try await Self.document(place)
            #expect(!sealed.contains("U0VSVklDRQ==") && sealed.contains(PushSettings.sealedMark))
            #expect(try await seal() == 0)
            #expect(try await Self.document(place) == sealed)
            #expect(try await place.audit == before + ["updated Orders"])
            let again = try await StoredCredentials.seal(
                under: place.masterKey,
                in: ReadOnlyDatabase(base: place.database),
                by: .server,
                now: Self.now
            )
            #expect(again == 0)

            try await place.deploy([
                PackageMother.manifest([("Settings", ["ExternalClientApp"])]),
                PackageMother.document(
                    "settings/ExternalClientApp.settings",
                    "ExternalClientAppSettings",
                    [("enableConsumerSecretApiAccess", "true")]
                ),
            ])
            let files = try await place.files([("ExtlClntAppPushSettings", ["*"])])
            #expect(files.values.joined().contains("U0VSVklDRQ=="))
        }
    }
}
