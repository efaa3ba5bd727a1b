import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Calls that waited for the writer are done with the permissions that their caller has by then.
@Suite("Callers who lost their rights while they waited")
struct LateCallerTests {
    private static func header(_ name: String) -> GivenComponent {
        var header = ExternalClientApplication()
        (header.label, header.contactEmail) = ("Orders", "dev@acme.example")
        let component = MetadataComponent(fullName: name, content: .externalClientApplication(header))
        return GivenComponent(type: component.type.rawValue, fullName: name, component: .success(component))
    }

    private static func narrow(_ place: MetadataPlace, to permissions: Set<Permission>) async throws {
        let (org, profile) = (place.org.id, place.user.profile)
        try await place.database.write { connection in
            let narrow = Profile(id: profile, org: org, name: Profile.standardUser, permissions: permissions)
            try Profiles.update(narrow, by: .server, now: MetadataPlace.now, on: connection)
        }
    }

    private static let type = "ExternalClientApplication"
    private static var calls: [MetadataOperation] {
        [
            .create([header("New")], allOrNone: false), .update([header("Orders")], allOrNone: false),
            .upsert([header("New")], allOrNone: false), .delete(type: type, names: ["Orders"], allOrNone: false),
            .rename(type: type, from: "Orders", to: "New"),
        ]
    }

    @Test(
        "app-model 4.2: who was frozen or lost Modify Metadata before a call is done changes nothing by it",
        arguments: TestDatabase.available,
        [true, false]
    )
    func lost(driver: TestDatabase, isFrozen: Bool) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let caller = try await place.caller()
            if isFrozen {
                let user = place.user.id
                try await place.database.write {
                    try Users.setFrozen(user, true, by: .server, now: MetadataPlace.now, on: $0)
                }
            } else {
                try await Self.narrow(place, to: [.externalClientAppDeveloper])
            }
            let before = try await place.audit
            for call in Self.calls {
                let fault = await #expect(throws: MetadataFault.self) {
                    try await place.service.perform(call, by: caller)
                }
                #expect(fault?.code == .insufficientAccess, "\(call)")
            }
            #expect(try await place.audit == before)
        }
    }

    @Test(
        "app-model 13.4: who lost View Secrets before the secret is opened is shown none",
        arguments: TestDatabase.available
    )
    func secrets(driver: TestDatabase) async throws {
        let rights = MetadataPlace.allRights.union([.viewSecretsInMetadata])
        try await MetadataPlace.run(on: driver, rights: rights) { place in
            try await place.deploy(PackageMother.package())
            let settings = PackageMother.document(
                "settings/ExternalClientApp.settings",
                "ExternalClientAppSettings",
                [("enableConsumerSecretApiAccess", "true")]
            )
            try await place.deploy([PackageMother.manifest([("Settings", ["ExternalClientApp"])]), settings])
            let caller = try await place.caller()
            func secret() async throws -> String? {
                let read = MetadataOperation.read(
                    type: "ExtlClntAppGlobalOauthSettings",
                    names: ["Orders_glbloauth"]
                )
                guard case .components(let found, _) = try await place.service.perform(read, by: caller),
                    case .globalOAuthSettings(let global)? = found.first??.content
                else { throw MetadataPlace.Unexpected() }
                #expect(global.consumerKey?.hasPrefix("3MVG9") == true)
                return global.consumerSecret
            }
            #expect(try await secret() != nil)
            try await Self.narrow(place, to: MetadataPlace.allRights)
            #expect(try await secret() == nil)
        }
    }
}
