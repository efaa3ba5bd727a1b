import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Lists of what there may be many of are read by as many statements as those of one.
@Suite struct ListingTests {
    private static let now = MetadataPlace.now

    /// Puts users into the org whose permission sets are, in turn, none, the first, and both of two.
    private static func addUsers(_ numbers: Range<Int>, to place: MetadataPlace) async throws {
        let (org, profile) = (place.org.id, place.user.profile)
        try await place.database.write { connection in
            var randomness = SystemRandomNumberGenerator()
            var sets = try PermissionSets.all(org: org, on: connection)
            for name in ["First", "Second"] where sets.count < 2 {
                let set = PermissionSet(
                    id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: now, using: &randomness),
                    org: org,
                    name: name,
                    label: name,
                    permissions: [name == "First" ? .apiEnabled : .viewSetup]
                )
                try PermissionSets.insert(set, by: .server, now: now, on: connection)
                sets.append(set)
            }
            for number in numbers {
                let name = "user\(100 + number)@acme.example"
                let user = User(
                    id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                    org: org,
                    username: name,
                    email: name,
                    lastName: "User",
                    nickname: "user\(number)",
                    profile: profile,
                    permissionSets: sets.prefix(number % 3).map(\.id),
                    createdAt: now,
                    updatedAt: now
                )
                try Users.insert(user, passwordHash: nil, by: .server, on: connection)
            }
        }
    }

    @Test(
        "design, rules of storage: a page of users takes two statements however many they are, and each has their own permission sets",
        arguments: TestDatabase.available
    )
    func users(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, rights: [.modifyMetadata]) { place in
            try await Self.addUsers(0..<30, to: place)
            let org = place.org.id
            let (all, one, page) = try await place.database.read { connection in
                (
                    try CountingConnection.count(on: connection) { try Users.all(org: org, on: $0) },
                    try CountingConnection.count(on: connection) {
                        try Users.page(org: org, offset: 2, limit: 1, on: $0)
                    },
                    try CountingConnection.count(on: connection) {
                        try Users.page(org: org, offset: 2, limit: 20, on: $0)
                    }
                )
            }
            #expect((all.statements, one.statements, page.statements) == (2, 2, 2))
            // dev@acme.example comes first and has none.
            #expect(all.result.map(\.user.permissionSets.count) == [0] + (0..<30).map { $0 % 3 })
            #expect(page.result.map(\.user.username) == (1...20).map { "user\(100 + $0)@acme.example" })
            for (number, account) in zip(1..., page.result) {
                #expect(account.permissions.contains(.apiEnabled) == (number % 3 > 0))
                #expect(account.permissions.contains(.viewSetup) == (number % 3 > 1))
            }
        }
    }

    private static func app(_ name: String, runAs: String) -> [SourceFile] {
        PackageMother.app(name, label: name, global: [("isClientCredentialsFlowEnabled", "true")]) + [
            PackageMother.document(
                "extlClntAppOauthPolicies/\(name)_p.ecaOauthPlcy",
                "ExtlClntAppOauthConfigurablePolicies",
                [
                    ("clientCredentialsFlowUser", runAs), ("commaSeparatedPermissionSet", "Second"),
                    ("commaSeparatedProfile", Profile.standardUser), ("externalClientApplication", name),
                    ("isClientCredentialsFlowEnabled", "true"),
                    ("permittedUsersPolicyType", "AdminApprovedPreAuthorized"),
                ]
            )
        ]
    }

    @Test(
        "design, rules of storage: the facts of a page of apps take as many statements as those of one, and each app has its own",
        arguments: TestDatabase.available
    )
    func apps(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await Self.addUsers(0..<12, to: place)
            let names = (10..<22).map { "App\($0)" }
            let types = PackageMother.appTypes + ["ExtlClntAppOauthConfigurablePolicies"]
            let files = names.enumerated().flatMap { Self.app($1, runAs: "user\(100 + $0)@acme.example") }
            let deployed = try await place.deploy([PackageMother.manifest(types.map { ($0, ["*"]) })] + files)
            #expect(deployed.record.status == .succeeded, "\(deployed.failures)")

            let org = place.org
            let read = { @Sendable (limit: Int) in
                try await place.database.read { connection in
                    try CountingConnection.count(on: connection) { connection in
                        let apps = try AppRecords.page(
                            org: org.id,
                            kinds: [.externalClientApp],
                            offset: 0,
                            limit: limit,
                            on: connection
                        )
                        return try AppFacts.all(apps, org: org, on: connection).map { facts in
                            JSONWriter.object { facts.write(&$0) }
                        }
                    }
                }
            }
            let (one, all) = (try await read(1), try await read(100))
            // The last one is the app that every org has.
            #expect(one.result.count == 1 && all.result.count == 13)
            #expect(one.statements == all.statements)
            for (place, text) in all.result.dropLast().enumerated() {
                let facts = try JSONScanner.object(text)
                #expect(facts["name"]?.string == names[place])
                #expect(facts["runAsUser"]?.string == "user\(100 + place)@acme.example")
                #expect(facts["permittedProfiles"]?.array?.compactMap(\.string) == [Profile.standardUser])
                #expect(facts["permittedPermissionSets"]?.array?.compactMap(\.string) == ["Second"])
                #expect(facts["callbackUrls"]?.array?.compactMap(\.string) == ["https://orders.example/cb"])
            }
        }
    }

    @Test(
        "design, rules of storage: apps with a consumer are listed by as many statements as one of them",
        arguments: TestDatabase.available
    )
    func usage(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            for number in 1...5 { try await place.deploy(PackageMother.package("App\(number)")) }
            let org = place.org.id
            let (one, all) = try await place.database.read { connection in
                (
                    try CountingConnection.count(on: connection) {
                        try AppRecords.withConsumer(org: org, offset: 0, limit: 1, on: $0)
                    },
                    try CountingConnection.count(on: connection) {
                        try AppRecords.withConsumer(org: org, offset: 0, limit: 100, on: $0)
                    }
                )
            }
            #expect(one.statements == all.statements)
            #expect(all.result.map(\.components.developerName) == (1...5).map { "App\($0)" } + ["SignetCLI"])
            #expect(Set(all.result.flatMap { $0.consumers.map(\.key) }).count == 6)
        }
    }

    @Test(
        "design, rules of storage: what is asked about more things than a statement takes is asked in several",
        arguments: TestDatabase.available
    )
    func many(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let org = place.org.id
            let found = try await place.database.read { connection in
                let app = try #require(try AppRecords.find(developerName: "Orders", org: org, on: connection))
                var randomness = SystemRandomNumberGenerator()
                let others = (0..<40_000).map { _ in AppID.make(prefix: "0xI", now: Self.now, using: &randomness) }
                return (app.id, try AppRecords.all(Set(others + [app.id]), on: connection))
            }
            #expect(found.1.map(\.key) == [found.0])
        }
    }
}
