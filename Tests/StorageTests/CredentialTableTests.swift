import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite
struct CredentialTableTests {
    private let now = Household.now

    private func pair(_ number: Int, _ state: Consumer.State, until end: Timestamp? = nil) -> CredentialRecord {
        let id = ConsumerID(stored: "88800000000000\(number)AAA")
        let consumer = Consumer(
            id: id,
            key: "3MVG9pair\(number)",
            secretDigest: [UInt8(number)],
            sealedSecret: [],
            state: state,
            expiresAt: end
        )
        return CredentialRecord(consumer: consumer, handle: id, createdAt: now, createdBy: nil)
    }

    @Test(
        "design, rules of storage: A consumer from before pairs were staged is the current pair after the upgrade, with its own id",
        arguments: TestDatabase.available
    )
    func olderConsumer(on kind: TestDatabase) async throws {
        let household = Household()
        try await kind.withStore { open in
            let older = try await open(Array(Schema.migrations.prefix { !$0.name.hasPrefix("0009") }))
            try await older.write { connection in
                // In the words of that time: what writes now knows the tables of now.
                try connection.execute(
                    """
                    INSERT INTO orgs (id, name, edition, issuer, instance, session_timeout_minutes, trusted_ip_ranges,
                        is_active, is_pkce_required, is_oauth_cors_enabled, cors_origins, bearer_audiences, created_at)
                    VALUES (\(household.org.id), 'Acme', 'developer', 'https://acme.example', 'ACM1', 120, '', 1, 1, 0, '', '',
                        \(Household.now))
                    """
                )
                try connection.execute(
                    """
                    INSERT INTO apps (id, org_id, developer_name, name_key, created_at, updated_at)
                    VALUES (\(household.app), \(household.org.id), 'Orders', 'orders', \(Household.now), \(Household.now))
                    """
                )
                try connection.execute(
                    """
                    INSERT INTO consumers (id, app_id, consumer_key, secret_digest, sealed_secret, state, created_at)
                    VALUES (\(household.consumer.id), \(household.app), \(household.consumer.key),
                        \(household.consumer.secretDigest), \(household.consumer.sealedSecret), 'active', \(Household.now))
                    """
                )
            }
            try await older.close()
            let newer = try await open(Schema.migrations)
            let found = try await newer.read { try Credentials.all(app: household.app, on: $0) }
            try await newer.close()
            #expect(found.map(\.consumer) == [household.consumer])
            #expect(found.first?.handle == household.consumer.id)
        }
    }

    @Test(
        "app-model 7.3: a promotion changes the pairs in their places, and of two at once one is made",
        arguments: TestDatabase.available
    )
    func promotion(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, end) = (household.app, now + .days(30))
            let staged = pair(2, .staged, until: end)
            let (current, results, found) = try await database.write { connection in
                let receipt = try household.receipt(on: connection)
                try Credentials.insert(staged, app: app, noted: receipt, on: connection)
                let current = try #require(try Credentials.all(app: app, on: connection).first)
                let results = try (0..<2).map { _ in
                    try Credentials.promote(staged, inPlaceOf: current, until: end, noted: receipt, on: connection)
                }
                return (current, results, try Credentials.all(app: app, on: connection))
            }
            #expect(results == [true, false])
            #expect(found.map(\.consumer.id) == [staged.consumer.id, current.consumer.id])
            #expect(found.map(\.consumer.state) == [.active, .rotated])
            #expect(found.map(\.handle) == [current.handle, staged.handle])
            #expect(found.map(\.consumer.expiresAt) == [nil, end])
        }
    }

    @Test(
        "app-model 7.3: an app has one current and one staged pair, whoever asks for another",
        arguments: TestDatabase.available,
        [Consumer.State.active, .staged]
    )
    func onePair(on kind: TestDatabase, state: Consumer.State) async throws {
        try await kind.withHousehold { household, database in
            let (first, second) = (pair(2, .staged), pair(3, state))
            let receipt = try await database.write { try household.receipt(on: $0) }
            try await database.write { try Credentials.insert(first, app: household.app, noted: receipt, on: $0) }
            await #expect(throws: ConstraintViolation(.unique)) {
                try await database.write { try Credentials.insert(second, app: household.app, noted: receipt, on: $0) }
            }
        }
    }

    @Test(
        "design, rules of storage: Expired pairs are swept, current ones never",
        arguments: TestDatabase.available
    )
    func sweep(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, now) = (household.app, now)
            let pairs = [pair(2, .staged, until: now), pair(3, .rotated, until: now + .days(1))]
            let (swept, left) = try await database.write { connection in
                let receipt = try household.receipt(on: connection)
                for pair in pairs { try Credentials.insert(pair, app: app, noted: receipt, on: connection) }
                let swept = try Credentials.sweep(expiredBefore: now + .seconds(1), limit: 10, on: connection)
                return (swept, try Credentials.all(app: app, on: connection).map(\.consumer.key))
            }
            #expect(swept == 1)
            #expect(left == ["3MVG9orders", "3MVG9pair3"])
        }
    }

    @Test(
        "app-model 1.10: each of the three documents of org settings is kept as it was given, and has its start before",
        arguments: TestDatabase.available
    )
    func orgSettings(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let org = household.org.id
            var apps = ExternalClientAppSettings()
            apps.enableClientSecretInRESTAPIAccess = true
            var connected = ConnectedAppSettings()
            connected.enableAdminApprovedAppsOnly = true
            var oauth = OAuthOIDCSettings()
            (oauth.blockOAuthUserAgentFlow, oauth.isPKCERequired) = (true, true)
            let documents = [
                MetadataComponent(fullName: "ExternalClientApp", content: .externalClientAppSettings(apps)),
                MetadataComponent(fullName: "ConnectedApp", content: .connectedAppSettings(connected)),
                MetadataComponent(fullName: "OauthOidc", content: .oauthOIDCSettings(oauth)),
            ]
            let before = try await database.read { connection in
                try OrgSettings.types.compactMap { try OrgSettings.document($0, org: org, on: connection)?.fullName }
            }
            #expect(before == documents.map(\.fullName))
            let saved = try await database.write { connection in
                try documents.map {
                    try OrgSettings.save($0, org: org, by: .server, now: Household.now, on: connection)
                }
            }
            #expect(saved == [true, true, true])
            let (after, isRequired, switches) = try await database.read { connection in
                (
                    try OrgSettings.types.compactMap { try OrgSettings.document($0, org: org, on: connection) },
                    try OrgRecords.state(id: org, on: connection)?.org.isPKCERequired,
                    try OrgSettings.externalClientApps(org: org, on: connection)
                )
            }
            #expect(after == documents)
            #expect(isRequired == true)
            #expect(switches == apps)
            let scope = MetadataComponent(fullName: "orders", content: .customScope(OAuthCustomScope()))
            let isSaved = try await database.write {
                try OrgSettings.save(scope, org: org, by: .server, now: Household.now, on: $0)
            }
            #expect(!isSaved)
        }
    }
}
