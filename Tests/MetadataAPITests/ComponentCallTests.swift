import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import XML

@Suite("Calls that are done at once")
struct ComponentCallTests {
    private static func given(_ type: String, _ name: String, _ fields: [(String, String)]) throws -> GivenComponent {
        let body = fields.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        let text = "<metadata><fullName>\(name)</fullName>\(body)</metadata>"
        let tree = try XMLReader(maximumBytes: 65_536, maximumDepth: 8).tree(Array(text.utf8))
        let known = try #require(MetadataType(rawValue: type))
        let result = Result { () throws(MetadataError) in
            try MetadataDocument.read(known, fullName: name, tree: tree, version: 68)
        }
        return GivenComponent(type: type, fullName: name, component: result)
    }

    private static func header(_ name: String, label: String = "Orders") throws -> GivenComponent {
        try given("ExternalClientApplication", name, [("contactEmail", " dev@acme.example "), ("label", label)])
    }

    private static func saved(_ outcome: MetadataOutcome) throws -> [SaveOutcome] {
        guard case .saved(let outcomes) = outcome else { throw MetadataPlace.Unexpected() }
        return outcomes
    }

    private func read(_ place: MetadataPlace, _ type: String, _ names: [String]) async throws -> [MetadataComponent?] {
        guard case .components(let components, _) = try await place.perform(.read(type: type, names: names)) else {
            throw MetadataPlace.Unexpected()
        }
        return components
    }

    @Test(
        "app-model 4.2: who may not change a type is told of no component whether it is there",
        arguments: TestDatabase.available
    )
    func hiddenComponents(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, rights: [.modifyMetadata]) { place in
            let profile = try Self.given("Profile", Profile.standardUser, [])
            let missing = try Self.given("Profile", "Missing", [("custom", "true")])
            for component in [profile, missing, try Self.header("Orders")] {
                for operation in [
                    MetadataOperation.create([component], allOrNone: false), .update([component], allOrNone: false),
                    .upsert([component], allOrNone: false),
                ] {
                    let saved = try Self.saved(try await place.perform(operation))
                    #expect(saved.map(\.problem?.code) == [.insufficientAccess], "\(component.fullName)")
                }
            }
        }
    }

    @Test(
        "app-model 11.1: components are created, read, updated, upserted, renamed and deleted",
        arguments: TestDatabase.available
    )
    func lifeCycle(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            var saved = try Self.saved(try await place.perform(.create([try Self.header("Orders")], allOrNone: false)))
            #expect(saved.map(\.problem) == [nil] && saved[0].created)
            saved = try Self.saved(try await place.perform(.create([try Self.header("Orders")], allOrNone: false)))
            #expect(saved[0].problem?.code == .duplicateDeveloperName)
            saved = try Self.saved(try await place.perform(.update([try Self.header("Other")], allOrNone: false)))
            #expect(saved[0].problem?.code == .invalidCrossReferenceKey)
            // Settings first, then the global ones, which need them (app-model 1.11).
            let global = try Self.given(
                "ExtlClntAppGlobalOauthSettings",
                "Orders_glbl",
                [("callbackUrl", "https://a.example/cb"), ("externalClientApplication", "Orders")]
            )
            let oauth = try Self.given(
                "ExtlClntAppOauthSettings",
                "Orders_oauth",
                [("commaSeparatedOauthScopes", "Api"), ("externalClientApplication", "Orders")]
            )
            saved = try Self.saved(try await place.perform(.create([global], allOrNone: false)))
            #expect(
                saved[0].problem?.message.contains("doesn't have a valid OAuth settings configuration") == true,
                "\(saved)"
            )
            saved = try Self.saved(try await place.perform(.upsert([oauth], allOrNone: false)))
            #expect(saved[0].problem == nil && saved[0].created)
            saved = try Self.saved(try await place.perform(.upsert([oauth], allOrNone: false)))
            #expect(saved[0].problem == nil && !saved[0].created)
            saved = try Self.saved(try await place.perform(.create([global], allOrNone: false)))
            #expect(saved[0].problem == nil, "\(saved)")

            let update = try Self.header("Orders", label: "Orders 2")
            _ = try await place.perform(.update([update], allOrNone: false))
            let components = try await read(place, "ExternalClientApplication", ["Orders", "Missing"])
            guard case .externalClientApplication(let header)? = components[0]?.content else {
                throw MetadataPlace.Unexpected()
            }
            // Blanks around values mean nothing (app-model 11.5).
            #expect(header.label == "Orders 2" && header.contactEmail == "dev@acme.example")
            #expect(components[1] == nil)

            saved = try Self.saved(
                try await place.perform(.rename(type: "ExternalClientApplication", from: "Orders", to: "Sales"))
            )
            #expect(saved[0].problem == nil)
            let files = try await place.files([
                ("ExternalClientApplication", ["*"]), ("ExtlClntAppOauthSettings", ["*"]),
            ])
            #expect(files["externalClientApps/Sales.eca"] != nil)
            #expect(
                files["extlClntAppOauthSettings/Orders_oauth.ecaOauth"]?.contains(
                    "<externalClientApplication>Sales</externalClientApplication>"
                ) == true
            )
            saved = try Self.saved(
                try await place.perform(
                    .delete(type: "ExternalClientApplication", names: ["Sales", "Orders"], allOrNone: false)
                )
            )
            #expect(saved.map { $0.problem?.code } == [nil, .invalidCrossReferenceKey])
            #expect(try await place.audit.filter { $0.hasPrefix("deleted") } == ["deleted Sales"])
        }
    }

    @Test(
        "app-model 11.5: ten components of one type a call; with AllOrNone one failure takes the others back",
        arguments: TestDatabase.available
    )
    func limits(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let many = try (0..<11).map { try Self.header("App\($0)") }
            #expect(try await place.fault(.create(many, allOrNone: false))?.code == .limitExceeded)
            let mixed = [many[0], try Self.given("ConnectedApp", "x", [])]
            #expect(try await place.fault(.create(mixed, allOrNone: false))?.code == .invalidOperation)
            let names = many.map(\.fullName)
            let reading = MetadataOperation.read(type: "ExternalClientApplication", names: names)
            #expect(try await place.fault(reading)?.code == .limitExceeded)
            let wrong = try Self.given("ExternalClientApplication", "no name", [("label", "x")])
            var saved = try Self.saved(try await place.perform(.create([many[0], wrong], allOrNone: true)))
            #expect(saved.map { $0.problem?.code } == [.allOrNoneOperationRolledBack, .invalidDeveloperName])
            #expect(try await read(place, "ExternalClientApplication", ["App0"])[0] == nil)
            saved = try Self.saved(try await place.perform(.create([many[0], wrong], allOrNone: false)))
            #expect(saved.map { $0.problem?.code } == [nil, .invalidDeveloperName])
            #expect(try await read(place, "ExternalClientApplication", ["App0"])[0] != nil)
        }
    }

    @Test(
        "app-model 4.1: the permissions of profiles and permission sets change, those that are not known are kept and said",
        arguments: TestDatabase.available
    )
    func permissions(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let files = [
                PackageMother.manifest([("PermissionSet", ["*"])]),
                PackageMother.document(
                    "permissionsets/Clerks.permissionset",
                    "PermissionSet",
                    [
                        ("label", "Clerks"), ("userPermissions", "<enabled>true</enabled><name>ApiEnabled</name>"),
                        ("userPermissions", "<enabled>true</enabled><name>ViewAllForecasts</name>"),
                    ]
                ),
            ]
            let result = try await place.deploy(files)
            let message = try #require(result.successes.first { $0.componentType == "PermissionSet" })
            #expect(message.problemType == .info && message.problem?.contains("ViewAllForecasts") == true)
            let org = place.org.id
            let sets = try await place.database.read { try PermissionSets.all(org: org, on: $0) }
            #expect(sets.map(\.permissions) == [[.apiEnabled]])
            let off = try Self.given(
                "PermissionSet",
                "Clerks",
                [("label", "Clerks"), ("userPermissions", "<enabled>false</enabled><name>ApiEnabled</name>")]
            )
            _ = try await place.perform(.update([off], allOrNone: false))
            let after = try await place.database.read { try PermissionSets.all(org: org, on: $0) }
            #expect(after.map(\.permissions) == [[]])
            let deleted = try Self.saved(
                try await place.perform(
                    .delete(type: "Profile", names: [Profile.standardUser], allOrNone: false)
                )
            )
            #expect(deleted[0].problem?.code == .dependencyExists)
            let gone = try Self.saved(
                try await place.perform(.delete(type: "PermissionSet", names: ["Clerks"], allOrNone: false))
            )
            #expect(gone[0].problem == nil)
        }
    }

    @Test(
        "meta_permissionset, from version 40.0: a permission set grants what its document says and nothing else; a profile keeps what its document leaves out",
        arguments: TestDatabase.available
    )
    func leftOutPermissions(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest([("PermissionSet", ["*"]), ("Profile", ["*"])])
            func files(_ permissions: [String]) -> [SourceFile] {
                let entries = permissions.map { ("userPermissions", "<enabled>true</enabled><name>\($0)</name>") }
                return [
                    manifest,
                    PackageMother.document(
                        "permissionsets/Clerks.permissionset",
                        "PermissionSet",
                        [("label", "Clerks")] + entries
                    ),
                    PackageMother.document("profiles/Machines.profile", "Profile", [("custom", "true")] + entries),
                ]
            }
            func granted() async throws -> [Set<Permission>] {
                let org = place.org.id
                return try await place.database.read { connection in
                    let profiles = try Profiles.all(org: org, on: connection).filter { $0.name == "Machines" }
                    return try PermissionSets.all(org: org, on: connection).map(\.permissions)
                        + profiles.map(\.permissions)
                }
            }
            try await place.deploy(files(["ApiEnabled", "ManageUsers"]))
            #expect(try await granted() == [[.apiEnabled, .manageUsers], [.apiEnabled, .manageUsers]])
            let less = try await place.deploy(files(["ApiEnabled"]))
            #expect(less.successes.filter(\.changed).map(\.fullName) == ["Clerks"])
            #expect(try await granted() == [[.apiEnabled], [.apiEnabled, .manageUsers]])
            let none = try Self.given("PermissionSet", "Clerks", [("label", "Clerks")])
            _ = try await place.perform(.upsert([none], allOrNone: false))
            #expect(try await granted() == [[], [.apiEnabled, .manageUsers]])
        }
    }

    @Test(
        "app-model 11.4: lists and retrievals name who made a component and who last changed it; what the server made names nobody",
        arguments: TestDatabase.available
    )
    func authors(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            var randomness = SystemRandomNumberGenerator()
            let bo = User(
                id: UserID.make(prefix: User.idPrefix, now: MetadataPlace.now, using: &randomness),
                org: place.org.id,
                username: "bo@acme.example",
                email: "bo@acme.example",
                lastName: "Bo",
                nickname: "bo",
                profile: place.user.profile,
                createdAt: MetadataPlace.now,
                updatedAt: MetadataPlace.now
            )
            let account = try await place.database.write { connection in
                try Users.insert(bo, passwordHash: nil, by: .server, on: connection)
                return try Users.account(bo.id, on: connection)
            }
            let other = MetadataCaller(
                org: place.org,
                account: try #require(account),
                source: nil,
                version: 68,
                now: MetadataPlace.now
            )
            func scope(_ label: String) throws -> GivenComponent {
                try Self.given(
                    "OauthCustomScope",
                    "orders_read",
                    [
                        ("description", "Read"), ("developerName", "orders_read"), ("isProtected", "false"),
                        ("masterLabel", label),
                    ]
                )
            }
            try await place.deploy(PackageMother.package())
            try await place.perform(.create([try scope("Orders")], allOrNone: true))
            let settings = try Self.given("OauthOidcSettings", "OauthOidc", [("isPkceRequired", "true")])
            for given in [try Self.header("Orders", label: "Orders 2"), try scope("Sales"), settings] {
                let saved = try Self.saved(
                    try await place.service.perform(.update([given], allOrNone: true), by: other)
                )
                #expect(saved.map(\.problem) == [nil])
            }
            let ann: String? = place.user.displayName
            let cases: [(type: String, name: String, authors: [String?])] = [
                ("ExternalClientApplication", "Orders", [ann, "Bo"]),
                ("ExternalClientApplication", CommandLineApp.developerName, [nil, nil]),
                ("ExtlClntAppOauthSettings", "Orders_oauth", [ann, ann]),
                ("OauthCustomScope", "orders_read", [ann, "Bo"]), ("Settings", "OauthOidc", [nil, "Bo"]),
            ]
            for (type, name, authors) in cases {
                guard case .files(let listed) = try await place.perform(.listMetadata(types: [type])) else {
                    throw MetadataPlace.Unexpected()
                }
                let retrieved = try await place.retrieve([(type, [name])]).files
                for files in [listed, retrieved] {
                    let file = try #require(files.first { $0.fullName == name })
                    #expect([file.createdBy?.name, file.updatedBy?.name] == authors, "\(name)")
                }
                let manifest = try #require(retrieved.first { $0.type == "Package" })
                #expect(manifest.createdBy?.id == place.user.id)
            }
        }
    }

    @Test(
        "app-model 13.2: a profile or permission set that the policies of an app name cannot be deleted",
        arguments: TestDatabase.available
    )
    func namedByPolicies(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let set = try Self.given("PermissionSet", "Clerks", [("label", "Clerks")])
            let profile = try Self.given("Profile", "Machines", [("custom", "true")])
            _ = try await place.perform(.create([set], allOrNone: false))
            _ = try await place.perform(.create([profile], allOrNone: false))
            func policies(_ fields: [(String, String)]) -> SourceFile {
                PackageMother.document(
                    "extlClntAppOauthPolicies/Orders_p.ecaOauthPlcy",
                    "ExtlClntAppOauthConfigurablePolicies",
                    fields + [
                        ("externalClientApplication", "Orders"),
                        ("permittedUsersPolicyType", "AdminApprovedPreAuthorized"),
                    ]
                )
            }
            let types = PackageMother.appTypes + ["ExtlClntAppOauthConfigurablePolicies"]
            let manifest = PackageMother.manifest(types.map { ($0, ["*"]) })
            let names = [("commaSeparatedPermissionSet", "Clerks"), ("commaSeparatedProfile", "Machines")]
            let deployed = try await place.deploy([manifest] + PackageMother.app() + [policies(names)])
            #expect(deployed.record.status == .succeeded, "\(deployed.failures)")
            for (type, name) in [("PermissionSet", "Clerks"), ("Profile", "Machines")] {
                let refused = try Self.saved(
                    try await place.perform(.delete(type: type, names: [name], allOrNone: false))
                )
                #expect(refused[0].problem?.code == .dependencyExists)
                #expect(refused[0].problem?.message.contains("'Orders'") == true)
            }
            let without = try await place.deploy([manifest] + PackageMother.app() + [policies([])])
            #expect(without.record.status == .succeeded, "\(without.failures)")
            for (type, name) in [("PermissionSet", "Clerks"), ("Profile", "Machines")] {
                let deleted = try Self.saved(
                    try await place.perform(.delete(type: type, names: [name], allOrNone: false))
                )
                #expect(deleted[0].problem == nil)
            }
        }
    }

    @Test(
        "app-model 1.10 and 11.5: a custom scope keeps its rules, and a refusal names the field that it is about",
        arguments: TestDatabase.available
    )
    func customScopes(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            func create(_ name: String, _ fields: [(String, String)]) async throws -> SaveOutcome.Problem? {
                let scope = try Self.given("OauthCustomScope", name, fields + [("isProtected", "false")])
                return try Self.saved(try await place.perform(.create([scope], allOrNone: false)))[0].problem
            }
            let good = [("description", "Read orders"), ("developerName", "orders"), ("masterLabel", "Orders")]
            let first = try await create("orders", good)
            #expect(first == nil)
            let other = try await create(
                "other",
                [("description", "Read orders"), ("developerName", "other"), ("masterLabel", "Other")]
            )
            #expect(other?.code == .duplicateValue && other?.fields == ["description"])
            #expect(
                try await create("api", [("description", "x"), ("developerName", "api"), ("masterLabel", "Api")])?.code
                    == .duplicateValue
            )
            #expect(
                try await create("third", [("description", "y"), ("developerName", "thirds"), ("masterLabel", "T")])?
                    .code == .invalidDeveloperName
            )
            let long = String(repeating: "x", count: 61)
            #expect(
                try await create("long", [("description", long), ("developerName", "long"), ("masterLabel", "L")])?.code
                    == .stringTooLong
            )
        }
    }
}
