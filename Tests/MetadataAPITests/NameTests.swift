import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Names of what is deployed")
struct NameTests {
    private static func profile(_ name: String, custom: Bool = true, permission: String = "ViewAllForecasts")
        -> SourceFile
    {
        PackageMother.document(
            "profiles/\(name).profile",
            "Profile",
            [
                ("custom", "\(custom)"),
                ("userPermissions", "<enabled>true</enabled><name>\(permission)</name>"),
            ]
        )
    }

    private static func set(_ name: String) -> SourceFile {
        PackageMother.document(
            "permissionsets/\(name).permissionset",
            "PermissionSet",
            [("label", "Clerks"), ("userPermissions", "<enabled>true</enabled><name>ViewAllForecasts</name>")]
        )
    }

    @Test(
        "app-model 4.1: a profile or permission set is refused whose name is that of another in upper or lower case, and nothing of that one is lost",
        arguments: TestDatabase.available
    )
    func upperAndLowerCase(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest([("Profile", ["*"]), ("PermissionSet", ["*"])])
            let first = try await place.deploy([manifest, Self.profile("Sales"), Self.set("Clerks")])
            #expect(first.record.status == .succeeded, "\(first.failures)")
            let wanted = [("Profile", ["Sales"]), ("PermissionSet", ["Clerks"])]
            let before = try await place.files(wanted)
            #expect(before["profiles/Sales.profile"]?.contains("ViewAllForecasts") == true)
            for file in [Self.profile("sales", permission: "ViewAllUsers"), Self.set("CLERKS")] {
                let result = try await place.deploy([manifest, file])
                let problem = result.failures.first?.problem ?? ""
                #expect(problem.hasPrefix("DUPLICATE_DEVELOPER_NAME:"), "\(problem)")
            }
            #expect(try await place.files(wanted) == before)
            // Letters that a database may not know the other case of.
            let other = try await place.deploy([manifest, Self.profile("\u{C4}rzte")])
            #expect(other.record.status == .succeeded, "\(other.failures)")
            let refused = try await place.deploy([manifest, Self.profile("\u{E4}rzte")])
            #expect(refused.failures.first?.problem?.hasPrefix("DUPLICATE_DEVELOPER_NAME:") == true)
        }
    }

    @Test(
        "app-model 4.1: with a permission set goes what is kept of its own document, and not of one that differs in case",
        arguments: TestDatabase.available
    )
    func deletion(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest([("PermissionSet", ["*"])])
            try await place.deploy([manifest, Self.set("Clerks")])
            var randomness = SystemRandomNumberGenerator()
            // The command line makes permission sets without documents.
            let other = PermissionSet(
                id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: MetadataPlace.now, using: &randomness),
                org: place.org.id,
                name: "clerks",
                label: "clerks",
                permissions: []
            )
            try await place.database.write {
                try PermissionSets.insert(other, by: .server, now: MetadataPlace.now, on: $0)
            }
            try await place.perform(.delete(type: "PermissionSet", names: ["clerks"], allOrNone: false))
            let files = try await place.files([("PermissionSet", ["*"])])
            #expect(files["permissionsets/clerks.permissionset"] == nil)
            #expect(files["permissionsets/Clerks.permissionset"]?.contains("ViewAllForecasts") == true)
        }
    }

    @Test(
        "app-model 1: a developer name has 80 characters at most, and a longer one is refused in words on every database",
        arguments: TestDatabase.available
    )
    func length(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            func create(_ name: String) async throws -> String? {
                var header = ExternalClientApplication()
                (header.label, header.contactEmail) = ("Orders", "dev@acme.example")
                let component = MetadataComponent(fullName: name, content: .externalClientApplication(header))
                let given = GivenComponent(
                    type: component.type.rawValue,
                    fullName: name,
                    component: .success(component)
                )
                guard case .saved(let saved) = try await place.perform(.create([given], allOrNone: false)) else {
                    throw MetadataPlace.Unexpected()
                }
                return saved.first?.problem?.code.rawValue
            }
            #expect(try await create(String(repeating: "a", count: 80)) == nil)
            for count in [81, 100_000] {
                #expect(try await create(String(repeating: "b", count: count)) == "INVALID_DEVELOPER_NAME")
            }
            let name = String(repeating: "\u{E4}", count: 128)
            let manifest = PackageMother.manifest([("Profile", ["*"])])
            let refused = try await place.deploy([manifest, Self.profile(name)])
            #expect(refused.failures.first?.problem?.hasPrefix("INVALID_CHARACTER:") == true, "\(refused.failures)")
        }
    }
}
