import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// The tables of orgs, profiles, permission sets, users, apps, keys and counters.
@Suite struct DirectoryTableTests {
    private let now = Household.now

    @Test(
        "design, rules of storage: An org is found by id and issuer, and its cut-off is remembered",
        arguments: TestDatabase.available
    )
    func orgs(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let moment = now + .minutes(1)
            let (byIssuer, byID, all, other) = try await database.write { connection in
                try OrgRecords.cutOff(household.org.id, at: moment, on: connection)
                return (
                    try OrgRecords.state(issuer: household.org.issuer, on: connection),
                    try OrgRecords.state(id: household.org.id, on: connection),
                    try OrgRecords.all(on: connection),
                    try OrgRecords.state(issuer: "https://other.example.com", on: connection)
                )
            }
            #expect(byIssuer?.org.name == "Acme")
            #expect(byIssuer?.org.jwtBearerAudiences == household.org.jwtBearerAudiences)
            #expect(byID?.notBefore == moment)
            #expect(all.map(\.org.id) == [household.org.id])
            #expect(other == nil)
        }
    }

    @Test(
        "design, rules of storage: Profiles and permission sets come back with their permissions",
        arguments: TestDatabase.available
    )
    func profiles(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (profiles, sets) = try await database.read { connection in
                (
                    try Profiles.all(org: household.org.id, on: connection),
                    try PermissionSets.all(org: household.org.id, on: connection)
                )
            }
            #expect(profiles.map(\.permissions) == [[.externalClientAppViewer, .viewClientSecret]])
            #expect(sets.map(\.permissions) == [[.externalClientAppDeveloper]])
        }
    }

    @Test(
        "design, rules of storage: Changed settings of an org and a profile come back as they were set, and the directory's counter moves",
        arguments: TestDatabase.available
    )
    func changedSettings(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let range = IPRange(start: try #require(IPAddress("192.0.2.1")), end: try #require(IPAddress("192.0.2.9")))
            let ranges = [try #require(range)]
            let org = Org(
                id: household.org.id,
                name: "Acme 2",
                edition: .enterprise,
                issuer: household.org.issuer,
                sessionTimeoutMinutes: 15,
                trustedIPRanges: ranges,
                isActive: false,
                createdAt: household.org.createdAt,
                isOAuthCORSEnabled: true,
                corsOrigins: ["https://a.example", "https://b.example"],
                jwtBearerAudiences: [],
                isPKCERequired: true
            )
            let profile = Profile(
                id: household.profile.id,
                org: household.org.id,
                name: household.profile.name,
                permissions: [.apiEnabled],
                sessionTimeoutMinutes: 30,
                loginIPRanges: ranges
            )
            let before = try await database.read { try Versions.current(on: $0) }
            try await database.write { connection in
                try OrgRecords.update(org, by: .server, now: now, on: connection)
                try Profiles.update(profile, by: .server, now: now, on: connection)
            }
            let (read, profiles, after) = try await database.read { connection in
                (
                    try OrgRecords.state(id: org.id, on: connection),
                    try Profiles.all(org: org.id, on: connection), try Versions.current(on: connection)
                )
            }
            #expect(read?.org == org)
            #expect(profiles == [profile])
            #expect(after.directory == before.directory + 1)
        }
    }

    @Test(
        "design, rules of storage: A user is found by id and by username whatever its case",
        arguments: TestDatabase.available
    )
    func users(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let org = household.org.id
            let (byID, byName, all, password) = try await database.read { connection in
                (
                    try Users.account(household.user.id, on: connection),
                    try Users.account(username: "ADA@example.com", org: org, on: connection),
                    try Users.all(org: org, on: connection).count,
                    try Users.passwordHash(username: "ada@example.COM", org: org, on: connection)?.hash
                )
            }
            #expect(byID?.user == household.user)
            #expect(byName?.profile.name == "Standard User")
            #expect(all == 1)
            #expect(password == "hash")
            await #expect(throws: ConstraintViolation(.unique)) {
                try await database.write { try Users.insert(household.user, passwordHash: nil, by: .server, on: $0) }
            }
        }
    }

    @Test(
        "design, rules of storage: A changed password, a freeze and a cut-off end what came before",
        arguments: TestDatabase.available
    )
    func endings(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let id = household.user.id
            let later = now + .hours(1)
            let session = SessionRecord(
                digest: [1],
                org: household.org.id,
                user: id,
                authenticatedAt: now,
                timeoutMinutes: 120
            )
            let (afterPassword, afterFreeze, account, unfrozen) = try await database.write { connection in
                try Sessions.insert(session, on: connection)
                try Users.setPassword(id, hash: "new", by: .server, clock: { later }, on: connection)
                let afterPassword = try Sessions.find(digest: [1], now: later, on: connection)
                try Sessions.insert(session, on: connection)
                try Users.setFrozen(id, true, by: .server, now: later, on: connection)
                let afterFreeze = try Sessions.find(digest: [1], now: later, on: connection)
                let account = try Users.account(id, on: connection)
                try Users.setFrozen(id, false, by: .server, now: later, on: connection)
                try Users.cutOff(id, at: later + .hours(1), on: connection)
                return (afterPassword, afterFreeze, account, try Users.account(id, on: connection))
            }
            #expect(afterPassword == nil && afterFreeze == nil)
            #expect(account?.user.isFrozen == true && account?.notBefore == later)
            #expect(account?.user.passwordChangedAt == later)
            #expect(unfrozen?.user.isFrozen == false && unfrozen?.notBefore == later + .hours(1))
        }
    }

    @Test(
        "design, rules of storage: Another profile and other permission sets count at once; who is inactive has lost what was issued, for good",
        arguments: TestDatabase.available
    )
    func access(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (id, later) = (household.user.id, now + .hours(1))
            let clerk = Profile(
                id: ProfileID(stored: "00e000000000002AAA"),
                org: household.org.id,
                name: "Clerk",
                permissions: [.manageUsers]
            )
            let session = SessionRecord(
                digest: [1],
                org: household.org.id,
                user: id,
                authenticatedAt: now,
                timeoutMinutes: 120
            )
            let (moved, kept, inactive, ended, again) = try await database.write { connection in
                try Profiles.insert(clerk, by: .server, now: now, on: connection)
                try Sessions.insert(session, on: connection)
                var access = UserAccess(of: household.user)
                (access.profile, access.permissionSets) = (clerk.id, [])
                try Users.setAccess(id, access, by: .server, clock: { later }, on: connection)
                let moved = try Users.account(id, on: connection)
                let kept = try Sessions.find(digest: [1], now: later, on: connection)
                (access.permissionSets, access.isActive) = ([household.permissionSet.id], false)
                try Users.setAccess(id, access, by: .server, clock: { later }, on: connection)
                let inactive = try Users.account(id, on: connection)
                let ended = try Sessions.find(digest: [1], now: later, on: connection)
                access.isActive = true
                try Users.setAccess(id, access, by: .server, clock: { later }, on: connection)
                return (moved, kept, inactive, ended, try Users.account(id, on: connection))
            }
            #expect(
                moved?.profile.id == clerk.id && moved?.permissions == [.manageUsers] && moved?.user.isActive == true
            )
            #expect(kept != nil && moved?.notBefore != later)
            #expect(inactive?.user.isActive == false && ended == nil)
            #expect(inactive?.permissions.isSuperset(of: [.manageUsers, .externalClientAppDeveloper]) == true)
            #expect(again?.user.isActive == true && again?.notBefore == later)
        }
    }

    @Test(
        "design, rules of storage: An app is found by id, name and consumer key; saving replaces its components",
        arguments: TestDatabase.available
    )
    func apps(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (org, app, later) = (household.org.id, household.app, now + .hours(1))
            var changed = Household.components
            changed.header?.label = "Invoices"
            let components = changed
            let staged = Consumer(
                id: ConsumerID(stored: "888000000000002AAA"),
                key: "next",
                secretDigest: [4],
                sealedSecret: [],
                state: .staged
            )
            let (first, found, byKey, all, none) = try await database.write { connection in
                let first = try AppRecords.find(developerName: "oRDERS", org: org, on: connection)
                let stored = try #require(first)
                try AppRecords.save(
                    components,
                    over: stored,
                    newConsumer: staged,
                    by: .server,
                    now: later,
                    on: connection
                )
                try AppRecords.cutOff(app, at: later, on: connection)
                return (
                    first, try AppRecords.find(id: app, on: connection),
                    try AppRecords.state(consumerKey: "next", org: household.org.id, on: connection),
                    try AppRecords.all(org: org, on: connection),
                    try AppRecords.state(consumerKey: "none", org: household.org.id, on: connection)
                )
            }
            #expect(first?.components == Household.components)
            #expect(found?.components.header?.label == "Invoices")
            #expect(found?.consumers == [household.consumer, staged])
            #expect(found?.createdAt == now && found?.updatedAt == later)
            #expect(byKey?.app.id == app && byKey?.notBefore == later)
            #expect(all.count == 1 && none == nil)
        }
    }

    @Test(
        "design, rules of storage: A consumer's new secret takes the place of the old one, and its key stays in use",
        arguments: TestDatabase.available
    )
    func newSecret(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let renewed = Consumer(
                id: ConsumerID(stored: "888000000000009AAA"),
                key: household.consumer.key,
                secretDigest: [9],
                sealedSecret: [8],
                state: .active
            )
            let (consumers, isTaken, isOther) = try await database.write { connection in
                let receipt = try household.receipt(on: connection)
                try Credentials.delete(household.consumer.id, noted: receipt, on: connection)
                try Credentials.insert(
                    CredentialRecord(consumer: renewed, handle: renewed.id, createdAt: now, createdBy: nil),
                    app: household.app,
                    noted: receipt,
                    on: connection
                )
                return (
                    try AppRecords.find(id: household.app, on: connection)?.consumers,
                    try AppRecords.hasConsumer(key: "3MVG9orders", on: connection),
                    try AppRecords.hasConsumer(key: "3MVG9others", on: connection)
                )
            }
            #expect(consumers?.map(\.key) == ["3MVG9orders"])
            #expect(consumers?.first?.secretDigest == [9] && consumers?.first?.sealedSecret == [8])
            #expect(isTaken && !isOther)
        }
    }

    @Test(
        "design, rules of storage: A signing key goes from next to active to retiring to revoked, and is swept then",
        arguments: TestDatabase.available
    )
    func signingKeys(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (org, now) = (household.org.id, now)
            let states = try await database.write { connection in
                func states() throws -> [String] { try SigningKeys.all(org: org, on: connection).map(\.state) }
                try SigningKeys.insert(Self.key("a", "next", org, now), by: .server, on: connection)
                var seen = [try states()]
                try SigningKeys.activate(kid: "a", org: org, by: .server, now: now, on: connection)
                seen.append(try states())
                try SigningKeys.insert(Self.key("b", "next", org, now), by: .server, on: connection)
                try SigningKeys.retire(
                    kid: "a",
                    org: org,
                    by: .server,
                    now: now,
                    usableUntil: now + .hours(1),
                    on: connection
                )
                seen.append(try states())
                try SigningKeys.revoke(kid: "a", org: org, by: .server, now: now, on: connection)
                seen.append(try states())
                return seen
            }
            #expect(states == [["next"], ["active"], ["retiring", "next"], ["next"]])
            let swept = try await database.write { connection in
                try [now, now + .seconds(1), now + .seconds(1)]
                    .map { try SigningKeys.sweep(revokedBefore: $0, limit: 10, on: connection) }
            }
            #expect(swept == [0, 1, 0])
            await #expect(throws: ConstraintViolation(.unique)) {
                try await database.write {
                    try SigningKeys.insert(Self.key("c", "next", org, now), by: .server, on: $0)
                }
            }
        }
    }

    @Test(
        "design, rules of storage: no two orgs have a key of one name, since a login host publishes the keys of all",
        arguments: TestDatabase.available
    )
    func oneName(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (org, now) = (household.org.id, now)
            let other = Org(
                id: OrgID(stored: "00D000000000002AAA"),
                name: "Other",
                edition: .developer,
                issuer: "https://other.example.com",
                createdAt: now
            )
            try await database.write { connection in
                try OrgRecords.insert(other, by: .server, on: connection)
                try SigningKeys.insert(Self.key("a", "next", org, now), by: .server, on: connection)
            }
            await #expect(throws: ConstraintViolation(.unique)) {
                try await database.write {
                    try SigningKeys.insert(Self.key("a", "next", other.id, now), by: .server, on: $0)
                }
            }
        }
    }

    private static func key(_ kid: String, _ state: String, _ org: OrgID, _ now: Timestamp) -> SigningKeyRecord {
        SigningKeyRecord(
            kid: kid,
            org: org,
            purpose: "accessToken",
            state: state,
            modulus: [1],
            exponent: [1, 0, 1],
            sealedPrivateKey: [9],
            createdAt: now,
            publishedAt: now,
            activatedAt: nil
        )
    }

    @Test(
        "design, several nodes: a transaction that changed something is counted once, at its end, and one that failed never",
        arguments: TestDatabase.available
    )
    func versions(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            struct Failure: Error {}
            let org = OrgID(stored: "00D000000000001AAA")
            let before = try await database.read { try Versions.current(on: $0) }
            let within = try await database.write { connection in
                Versions.bump(org, on: connection)
                Versions.bump(org, on: connection)
                return try Versions.current(on: connection)
            }
            await #expect(throws: Failure.self) {
                try await database.write { connection in
                    Versions.bump(org, on: connection)
                    throw Failure()
                }
            }
            let after = try await database.read { try Versions.current(on: $0) }
            #expect(within == before)
            #expect(after.directory == before.directory + 1 && after.revocations == before.revocations)
        }
    }
}
