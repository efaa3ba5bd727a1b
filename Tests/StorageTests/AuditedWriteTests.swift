import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// That what is written of an org is in its audit trail by the end of the same transaction: who, what, before and after.
@Suite struct AuditedWriteTests {
    private let actor = AuditActor.operator(command: "test", account: "ada", host: "desk")
    private let later = Household.now + .hours(1)

    /// The entries that a change adds to the trail of the household, as `action type name field: before → after`.
    private func trail(
        on kind: TestDatabase,
        of change: @escaping @Sendable (Household, any Connection) throws -> Void
    ) async throws -> [String] {
        var lines: [String] = []
        try await kind.withHousehold { household, database in
            let org = household.org.id
            let known = try await database.read { try AuditTrail.verify(org: org, on: $0) }
            try await database.write { try change(household, $0) }
            let entries = try await database.read { connection in
                _ = try AuditTrail.verify(org: org, on: connection)
                return try AuditTrail.entries(org: org, after: known, limit: 100, on: connection)
            }
            lines = try entries.flatMap { entry in
                let event = try JSONScanner.object(Array(entry.content.utf8))
                let actor = event["actor"]?.object
                #expect(actor?["kind"]?.string == "operator" && actor?["command"]?.string == "test")
                #expect(actor?["account"]?.string == "ada" && actor?["host"]?.string == "desk")
                let subject = event["subject"]?.object
                let head = [event["action"]?.string, subject?["type"]?.string, subject?["name"]?.string]
                    .compactMap { $0 }.joined(separator: " ")
                let changes = event["changes"]?.array?.compactMap(\.object) ?? []
                guard !changes.isEmpty else { return [head] }
                return changes.map { change in
                    let (before, after) = (change["before"]?.string ?? "-", change["after"]?.string ?? "-")
                    return "\(head) \(change["field"]?.string ?? ""): \(before) → \(after)"
                }
            }
        }
        return lines
    }

    @Test(
        "facts flows section 11, audit: users are made, changed, frozen and given passwords under the name of whoever does it",
        arguments: TestDatabase.available
    )
    func users(on kind: TestDatabase) async throws {
        let (actor, later) = (actor, later)
        let lines = try await trail(on: kind) { household, connection in
            let id = household.user.id
            try Users.setPassword(id, hash: "$argon2id$other", by: actor, clock: { later }, on: connection)
            try Users.setFrozen(id, true, by: actor, now: later, on: connection)
            try Users.setFrozen(id, true, by: actor, now: later, on: connection)
            try Users.setFrozen(id, false, by: actor, now: later, on: connection)
            var access = UserAccess(of: household.user)
            try Users.setAccess(id, access, by: actor, clock: { later }, on: connection)
            (access.permissionSets, access.isActive) = ([], false)
            try Users.setAccess(id, access, by: actor, clock: { later }, on: connection)
            let bob = User(
                id: UserID(stored: "005000000000002AAA"),
                org: household.org.id,
                username: "bob@example.com",
                email: "bob@example.com",
                lastName: "Bob",
                nickname: "bob",
                profile: household.profile.id,
                permissionSets: [household.permissionSet.id],
                createdAt: later,
                updatedAt: later
            )
            try Users.insert(bob, passwordHash: "$argon2id$secret", by: actor, on: connection)
        }
        #expect(
            lines.prefix(5) == [
                "passwordSet User Ada@Example.com", "frozen User Ada@Example.com isFrozen: false → true",
                "unfrozen User Ada@Example.com isFrozen: true → false",
                "updated User Ada@Example.com isActive: true → false",
                "updated User Ada@Example.com permissionSets: Deployers → -",
            ]
        )
        #expect(lines.contains("created User bob@example.com profile: - → Standard User"))
        #expect(lines.contains("created User bob@example.com permissionSets: - → Deployers"))
        #expect(!lines.contains { $0.contains("argon2id") })
    }

    @Test(
        "facts flows section 11, audit: settings of an org, its profiles and permission sets are kept with what they were before",
        arguments: TestDatabase.available
    )
    func settings(on kind: TestDatabase) async throws {
        let (actor, later) = (actor, later)
        let lines = try await trail(on: kind) { household, connection in
            let org = household.org
            let changed = Org(
                id: org.id,
                name: org.name,
                edition: org.edition,
                issuer: org.issuer,
                sessionTimeoutMinutes: 60,
                createdAt: org.createdAt
            )
            try OrgRecords.update(changed, by: actor, now: later, on: connection)
            try OrgRecords.update(changed, by: actor, now: later, on: connection)
            try OrgSettings.setOverlapDays(7, org: org.id, by: actor, now: later, on: connection)
            var settings = ExternalClientAppSettings()
            settings.enableClientSecretInRESTAPIAccess = true
            let document = MetadataComponent(fullName: "", content: .externalClientAppSettings(settings))
            try OrgSettings.save(document, org: org.id, by: actor, now: later, on: connection)
            let profile = Profile(
                id: household.profile.id,
                org: org.id,
                name: household.profile.name,
                permissions: [.apiEnabled]
            )
            try Profiles.update(profile, by: actor, now: later, on: connection)
            let set = PermissionSet(
                id: PermissionSetID(stored: "0PS000000000002AAA"),
                org: org.id,
                name: "Clerks",
                label: "Clerks",
                permissions: [.apiEnabled]
            )
            try PermissionSets.insert(set, by: actor, now: later, on: connection)
        }
        #expect(
            lines == [
                "updated Org Acme sessionTimeoutMinutes: 120 → 60", "updated Org Acme credentialOverlapDays: 30 → 7",
                "updated Settings ExternalClientApp ExternalClientAppSettings.enableClientSecretInRestApiAccess: - → true",
                "updated Profile Standard User permissions: ExternalClientAppViewer ViewClientSecret → ApiEnabled",
                "created PermissionSet Clerks label: - → Clerks",
                "created PermissionSet Clerks permissions: - → ApiEnabled",
            ]
        )
    }

    @Test(
        "facts flows section 11, audit: each step of a signing key is kept, its private part never",
        arguments: TestDatabase.available
    )
    func keys(on kind: TestDatabase) async throws {
        let (actor, later) = (actor, later)
        let lines = try await trail(on: kind) { household, connection in
            let org = household.org.id
            let key = SigningKeyRecord(
                kid: "k1",
                org: org,
                purpose: "accessToken",
                state: "next",
                modulus: [1],
                exponent: [3],
                sealedPrivateKey: [9, 9],
                createdAt: later,
                publishedAt: later,
                activatedAt: nil
            )
            try SigningKeys.insert(key, by: actor, on: connection)
            try SigningKeys.activate(kid: "k1", org: org, by: actor, now: later, on: connection)
            try SigningKeys.activate(kid: "k1", org: org, by: actor, now: later, on: connection)
            try SigningKeys.revoke(kid: "k1", org: org, by: actor, now: later, on: connection)
        }
        #expect(
            lines == [
                "created SigningKey k1 purpose: - → accessToken", "created SigningKey k1 state: - → next",
                "updated SigningKey k1 state: next → active", "keysRevoked SigningKey k1 state: - → revoked",
            ]
        )
    }

    @Test(
        "facts flows section 11, audit: an app is kept element by element, its secrets as digests or not at all",
        arguments: TestDatabase.available
    )
    func apps(on kind: TestDatabase) async throws {
        let (actor, later) = (actor, later)
        let lines = try await trail(on: kind) { household, connection in
            let stored = try #require(try AppRecords.find(id: household.app, on: connection))
            var changed = stored.components
            changed.header?.label = "Invoices"
            var push = PushSettings()
            push.externalClientApplication = "Orders"
            push.pushServiceType = .apple
            var apple = ApplePushConfig()
            (apple.environment, apple.password) = (.production, "open sesame")
            push.applePushConfig = apple
            _ = changed.add(MetadataComponent(fullName: "Orders_push", content: .pushSettings(push)))
            try AppRecords.save(changed, over: stored, by: actor, now: later, on: connection)
            let unchanged = try #require(try AppRecords.find(id: household.app, on: connection))
            try AppRecords.save(changed, over: unchanged, by: actor, now: later, on: connection)
            let consumer = Consumer(
                id: ConsumerID(stored: "888000000000002AAA"),
                key: "3MVG9more",
                secretDigest: [1],
                sealedSecret: [7],
                state: .active
            )
            try AppRecords.insert(
                AppComponents(developerName: "More", header: ExternalClientApplication()),
                id: AppID(stored: "0xI000000000002AAA"),
                org: household.org.id,
                consumer: consumer,
                by: actor,
                now: later,
                on: connection
            )
        }
        #expect(
            lines == [
                "updated ExternalClientApplication Orders ExternalClientApplication.label: Orders → Invoices",
                "updated ExternalClientApplication Orders ExtlClntAppPushSettings.applePushConfig.environment: - → Production",
                "updated ExternalClientApplication Orders ExtlClntAppPushSettings.applePushConfig.password: - → (secret)",
                "updated ExternalClientApplication Orders ExtlClntAppPushSettings.externalClientApplication: - → Orders",
                "updated ExternalClientApplication Orders ExtlClntAppPushSettings.pushServiceType: - → Apple",
                "created ExternalClientApplication More consumerKey: - → 3MVG9more",
                // SHA-256 of the one byte 01, by openssl dgst.
                "created ExternalClientApplication More consumerSecret: - → sha256:S_USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZo",
            ]
        )
    }
}
