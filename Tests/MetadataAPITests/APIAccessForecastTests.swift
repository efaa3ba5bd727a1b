import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("API access control in simulations")
struct APIAccessForecastTests {
    private static let now = ConnectedAppPlace.now

    /// The connected app of the tests, approved by the admin for two profiles or not.
    private static func app(isAdminApproved: Bool) -> SourceFile {
        ConnectedAppPlace.connectedApp(
            [
                "isAdminApproved": "\(isAdminApproved)", "isClientCredentialEnabled": "true",
                "oauthClientCredentialUser": "robot@acme.example",
            ],
            top: isAdminApproved ? "<profileName>Clerk</profileName><profileName>Trusted</profileName>" : ""
        )
    }

    private static func control(_ isOn: Bool, _ place: ConnectedAppPlace) async throws {
        let org = place.org.id
        try await place.database.write { connection in
            var settings = ConnectedAppSettings()
            settings.enableAdminApprovedAppsOnly = isOn
            let document = MetadataComponent(fullName: "ConnectedApp", content: .connectedAppSettings(settings))
            _ = try OrgSettings.save(document, org: org, by: .server, now: now, on: connection)
        }
    }

    /// Gives a profile "Use Any API Client".
    private static func trust(_ user: User, _ place: ConnectedAppPlace) async throws {
        let org = place.org.id
        try await place.database.write { connection in
            let all = try Profiles.all(org: org, on: connection)
            let before = try #require(all.first { $0.id == user.profile })
            let after = Profile(
                id: before.id,
                org: org,
                name: before.name,
                permissions: before.permissions.union([.useAnyAPIClient])
            )
            try Profiles.update(after, by: .server, now: now, on: connection)
        }
    }

    @Test(
        "app-model 1.10, 6.3 and 12: a connected app that the admin would approve no more is foreseen to be refused by API access control, but to Use Any API Client",
        arguments: TestDatabase.available
    )
    func refused(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let clerks = try await place.addUsers(["robot@acme.example", "ann@acme.example"])
            let trusted = try await place.addUsers(["tess@acme.example"], profile: "Trusted")
            try await Self.trust(trusted[0], place)
            try await Self.control(true, place)
            try await place.deploy([Self.app(isAdminApproved: true)])
            let grant = try await place.grant(clerks[1], "Billing")
            _ = try await place.grant(trusted[0], "Billing")
            #expect(try await place.forecast([Self.app(isAdminApproved: true)]).refusals.isEmpty)

            let refusals = try await place.forecast([Self.app(isAdminApproved: false)]).refusals
            let users = refusals.filter { $0.subject == .everything }.compactMap(\.username)
            #expect(users.sorted() == ["ann@acme.example", "robot@acme.example"])
            #expect(refusals.compactMap(\.authorization) == [grant])
            #expect(refusals.contains { $0.subject == .clientCredentialsFlow && $0.username == nil })
            #expect(refusals.allSatisfy { $0.element == "isAdminApproved" })
            #expect(refusals.allSatisfy { $0.reason.contains("enableAdminApprovedAppsOnly") })

            try await Self.control(false, place)
            #expect(try await place.forecast([Self.app(isAdminApproved: false)]).refusals.isEmpty)
        }
    }
}
