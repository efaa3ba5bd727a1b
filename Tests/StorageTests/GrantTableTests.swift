import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// The tables of what users granted and of what came of it.
@Suite struct GrantTableTests {
    private let now = Household.now

    @Test("flows 4: what a user allows is remembered beside what was allowed before", arguments: TestDatabase.available)
    func consents(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, user, now) = (household.app, household.user.id, now)
            let (before, saved, deleted) = try await database.write { connection in
                func found() throws -> Consent? { try Consents.find(app: app, user: user, on: connection) }
                let before = try found()
                for (number, scopes) in [ScopeSet([.api, .refreshToken]), ScopeSet([.api, .web])].enumerated() {
                    let id = ConsentID(stored: "0Cn00000000000\(number)AAA")
                    try Consents.add(scopes, id: id, app: app, user: user, now: now, on: connection)
                }
                let saved = try found()
                try Consents.delete(app: app, user: user, on: connection)
                return (before, saved, try found())
            }
            #expect(before == nil && deleted == nil)
            #expect(saved?.id == ConsentID(stored: "0Cn000000000000AAA"))
            #expect(saved?.scopes == ScopeSet([.api, .refreshToken, .web]))
            #expect(saved?.offlineScopes == ScopeSet([.api, .refreshToken]))
            #expect(saved?.covers(ScopeSet([.web])) == true)
            #expect(saved?.covers(ScopeSet([.api, .refreshToken])) == true)
            // Lasting access to the web was never on a page.
            #expect(saved?.covers(ScopeSet([.web, .refreshToken])) == false)
        }
    }

    @Test(
        "flows 4: of consents of one user and app at the same time none is lost",
        arguments: TestDatabase.available
    )
    func consentsAtOnce(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, user, now) = (household.app, household.user.id, now)
            let scopes: [Scope] = [.api, .web, .id, .openID, .profile, .email, .full, .address]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for scope in scopes {
                    group.addTask {
                        try await database.write {
                            let id = ConsentID(stored: "0Cn000000000001AAA")
                            try Consents.add(ScopeSet([scope]), id: id, app: app, user: user, now: now, on: $0)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let saved = try await database.read { try Consents.find(app: app, user: user, on: $0) }
            #expect(saved.map { Set($0.scopes.scopes) } == Set(scopes))
        }
    }

    @Test(
        "RFC 6749 section 4.1.2: a code is redeemed once, by its app, before it expires",
        arguments: TestDatabase.available
    )
    func codes(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, now, id) = (household.app, now, household.authorization().id)
            let (kept, outcomes, swept) = try await database.write { connection in
                func redeem(_ app: AppID, _ time: Timestamp) throws -> Bool {
                    try AuthorizationCodes.redeem(
                        digest: [0, 1],
                        app: app,
                        authorization: id,
                        now: time,
                        on: connection
                    )
                }
                try AuthorizationCodes.insert(household.code([0, 1]), on: connection)
                let outcomes = [
                    try redeem(AppID(stored: "0xI000000000009AAA"), now), try redeem(app, now + .minutes(15)),
                    try redeem(app, now + .minutes(1)), try redeem(app, now + .minutes(1)),
                ]
                let kept = try AuthorizationCodes.find(digest: [0, 1], on: connection)
                let swept = try [now + .minutes(15), now + .minutes(16)]
                    .map { try AuthorizationCodes.sweep(expiredBefore: $0, limit: 10, on: connection) }
                return (kept, outcomes, swept)
            }
            #expect(outcomes == [false, false, true, false])
            #expect(kept?.redeemedAt == now + .minutes(1) && kept?.authorization == id)
            #expect(kept?.nonce == "" && kept?.codeChallenge == nil)
            #expect(swept == [0, 1])
        }
    }

    @Test("RFC 6749 section 4.1.2: of many redemptions of one code at once one wins", arguments: TestDatabase.available)
    func codeRace(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            try await database.write { try AuthorizationCodes.insert(household.code([7]), on: $0) }
            let time = now
            let wins = try await winners(of: 50) { contestant in
                try await database.write {
                    try AuthorizationCodes.redeem(
                        digest: [7],
                        app: household.app,
                        authorization: AuthorizationID(stored: "0Au\(contestant)"),
                        now: time,
                        on: $0
                    )
                }
            }
            #expect(wins == 1)
        }
    }

    @Test(
        "design, rules of storage: An authorization counts its uses; a revoked one takes its tokens along",
        arguments: TestDatabase.available
    )
    func authorizations(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (app, user, now) = (household.app, household.user.id, now)
            let (one, two) = (household.authorization(1), household.authorization(2))
            let (live, used, outcomes, swept, left) = try await database.write { connection in
                try Authorizations.insert(one, on: connection)
                try Authorizations.insert(two, on: connection)
                try RefreshTokens.insert(digest: [1], authorization: one.id, generation: 1, now: now, on: connection)
                try OpaqueTokens.insert(Self.token([2], household, one.id), on: connection)
                let live = try Authorizations.live(app: app, user: user, on: connection).map(\.id)
                let isUsed = try Authorizations.recordUse(of: one.id, now: now + .hours(1), on: connection)
                let used = try Authorizations.find(one.id, on: connection)
                let outcomes = [
                    isUsed,
                    try Authorizations.revoke(one.id, now: now, on: connection),
                    try Authorizations.revoke(one.id, now: now, on: connection),
                    try Authorizations.recordUse(of: one.id, now: now, on: connection),
                    try OpaqueTokens.find(digest: [2], on: connection) == nil,
                    try Authorizations.live(app: app, user: user, on: connection).map(\.id) == [two.id],
                ]
                let swept = try Authorizations.sweep(revokedBefore: now + .seconds(1), limit: 10, on: connection)
                return (live, used, outcomes, swept, try RefreshTokens.find(digest: [1], on: connection))
            }
            #expect(live == [two.id, one.id])
            #expect(used?.useCount == 1 && used?.lastUsedAt == now + .hours(1))
            #expect(outcomes == [true, true, false, false, true, true])
            #expect(swept == 1 && left == nil)
        }
    }

    @Test(
        "RFC 9700 section 4.14: a refresh token is rotated once, whoever comes together",
        arguments: TestDatabase.available
    )
    func refreshTokens(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (authorization, time) = (household.authorization(), now)
            try await database.write { connection in
                try Authorizations.insert(authorization, on: connection)
                try RefreshTokens.insert(
                    digest: [1],
                    authorization: authorization.id,
                    generation: 1,
                    now: time,
                    on: connection
                )
            }
            let wins = try await winners(of: 50) { contestant in
                try await database.write { connection in
                    guard try RefreshTokens.rotate(digest: [1], now: time, on: connection) else { return false }
                    try RefreshTokens.insert(
                        digest: [2, UInt8(contestant)],
                        authorization: authorization.id,
                        generation: 2,
                        now: time,
                        on: connection
                    )
                    return true
                }
            }
            let found = try await database.read { try RefreshTokens.find(digest: [1], on: $0) }
            #expect(wins == 1)
            #expect(found?.rotatedAt == time && found?.generation == 1 && found?.newestGeneration == 2)
            #expect(found?.authorization.scopes == authorization.scopes)
        }
    }

    @Test(
        "RFC 9700 section 4.14.2: a rotated token is known until it is swept, and the newest generation outlives it",
        arguments: TestDatabase.available
    )
    func rotatedTokens(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (authorization, now) = (household.authorization(), now)
            let (newest, swept, left) = try await database.write { connection in
                func insert(_ generation: Int64) throws {
                    try RefreshTokens.insert(
                        digest: [UInt8(generation)],
                        authorization: authorization.id,
                        generation: generation,
                        now: now,
                        on: connection
                    )
                }
                func newest(_ digest: [UInt8]) throws -> Int64? {
                    try RefreshTokens.find(digest: digest, on: connection)?.newestGeneration
                }
                try Authorizations.insert(authorization, on: connection)
                try insert(1)
                var found = [try newest([1])]
                for generation in [2, 3] as [Int64] {
                    _ = try RefreshTokens.rotate(
                        digest: [UInt8(generation - 1)],
                        now: now + .days(generation),
                        on: connection
                    )
                    try insert(generation)
                    found += [try newest([1])]
                }
                let swept = try RefreshTokens.sweep(rotatedBefore: now + .days(3), limit: 10, on: connection)
                return (found, swept, [try newest([1]), try newest([2]), try newest([3])])
            }
            #expect(newest == [1, 2, 3])
            #expect(swept == 1)
            #expect(left == [nil, 3, 3])
        }
    }

    @Test(
        "design, rules of storage: An authorization from before the newest generation was kept has it after the upgrade",
        arguments: TestDatabase.available
    )
    func olderAuthorizations(on kind: TestDatabase) async throws {
        let (household, now) = (Household(), now)
        let authorization = household.authorization()
        try await kind.withStore { open in
            let older = try await open(Schema.migrations.filter { $0.name != "0006-grant-upkeep" })
            try await older.write { connection in
                try household.save(hasConsumer: false, on: connection)
                try Authorizations.insert(authorization, on: connection)
                for generation in [1, 2, 3] as [UInt8] {
                    try connection.execute(
                        """
                        INSERT INTO refresh_tokens (digest, authorization_id, generation, created_at, rotated_at)
                        VALUES (\([generation]), \(authorization.id), \(generation), \(now), \(generation < 3 ? now : nil))
                        """
                    )
                }
            }
            try await older.close()
            let newer = try await open(Schema.migrations)
            let found = try await newer.read { connection in
                try [[1], [3]].map { try RefreshTokens.find(digest: $0, on: connection)?.newestGeneration }
            }
            try await newer.close()
            #expect(found == [3, 3])
        }
    }

    @Test(
        "RFC 7009 section 2.1: an opaque token of a revoked authorization is not found, though its row came later",
        arguments: TestDatabase.available
    )
    func lateOpaqueToken(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (authorization, now) = (household.authorization(), now)
            let found = try await database.write { connection in
                try Authorizations.insert(authorization, on: connection)
                try OpaqueTokens.insert(Self.token([1], household, authorization.id), on: connection)
                let before = try OpaqueTokens.find(digest: [1], on: connection) != nil
                try Authorizations.revoke(authorization.id, now: now, on: connection)
                try OpaqueTokens.insert(Self.token([2], household, authorization.id), on: connection)
                return [before, try OpaqueTokens.find(digest: [2], on: connection) != nil]
            }
            #expect(found == [true, false])
        }
    }

    @Test(
        "design, rules of storage: A revoked authorization takes back the codes that were not redeemed, of its app and user alone",
        arguments: TestDatabase.available
    )
    func openCodes(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (now, id) = (now, household.authorization().id)
            let left = try await database.write { connection in
                for digest in [[1], [2]] as [[UInt8]] {
                    try AuthorizationCodes.insert(household.code(digest), on: connection)
                }
                _ = try AuthorizationCodes.redeem(
                    digest: [1],
                    app: household.app,
                    authorization: id,
                    now: now,
                    on: connection
                )
                try AuthorizationCodes.deleteOpen(
                    app: household.app,
                    user: UserID(stored: "005000000000002AAA"),
                    on: connection
                )
                let before = try AuthorizationCodes.find(digest: [2], on: connection) != nil
                try AuthorizationCodes.deleteOpen(app: household.app, user: household.user.id, on: connection)
                let after = try [[1], [2]].map { try AuthorizationCodes.find(digest: $0, on: connection) != nil }
                return [before] + after
            }
            #expect(left == [true, true, false])
        }
    }

    @Test(
        "design, rules of storage: An opaque token's life is extended while it is live, and ends when it is deleted or swept",
        arguments: TestDatabase.available
    )
    func opaqueTokens(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let now = now
            let (expiries, deleted, swept) = try await database.write { connection in
                func expiry() throws -> Timestamp? { try OpaqueTokens.find(digest: [1], on: connection)?.expiresAt }
                try OpaqueTokens.insert(Self.token([1], household, nil), on: connection)
                try OpaqueTokens.insert(Self.token([2], household, nil), on: connection)
                var expiries = [try expiry()]
                try OpaqueTokens.extend(digest: [1], to: now + .hours(3), now: now + .hours(1), on: connection)
                expiries.append(try expiry())
                try OpaqueTokens.extend(digest: [1], to: now + .hours(9), now: now + .hours(4), on: connection)
                expiries.append(try expiry())
                let deleted = try [[1], [1]].map { try OpaqueTokens.delete(digest: $0, on: connection) }
                return (
                    expiries, deleted, try OpaqueTokens.sweep(expiredBefore: now + .hours(4), limit: 10, on: connection)
                )
            }
            #expect(expiries == [now + .hours(2), now + .hours(3), now + .hours(3)])
            #expect(deleted == [true, false])
            #expect(swept == 1)
        }
    }

    private static func token(_ digest: [UInt8], _ household: Household, _ authorization: AuthorizationID?)
        -> OpaqueTokenRecord
    {
        OpaqueTokenRecord(
            digest: digest,
            org: household.org.id,
            app: household.app,
            consumer: household.consumer.id,
            user: household.user.id,
            grant: .authorizationCode,
            authorization: authorization,
            scopes: ScopeSet([.api]),
            issuedAt: Household.now,
            timeoutMinutes: 120
        )
    }

    @Test("RFC 7009 section 2: a revocation speaks until it has run out", arguments: TestDatabase.available)
    func revocations(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let now = now
            let (live, late, swept, since) = try await database.write { connection in
                for minutes in [1, 5] as [Int64] {
                    try Revocations.insert(
                        "jti",
                        org: household.org.id,
                        now: now,
                        until: now + .minutes(minutes),
                        on: connection
                    )
                }
                let counted = try Versions.current(on: connection).revocations
                let since = try [counted - 1, counted].map { version in
                    try Revocations.live(after: version, now: now, on: connection).map(\.subject)
                }
                return (
                    try Revocations.live(now: now + .minutes(4), on: connection),
                    try Revocations.live(now: now + .minutes(5), on: connection).count,
                    try Revocations.sweep(expiredBefore: now + .minutes(6), limit: 10, on: connection),
                    since
                )
            }
            #expect(live.map(\.subject) == ["jti"] && live.map(\.expiresAt) == [now + .minutes(5)])
            #expect(late == 0 && swept == 1)
            // A node that knows of the first of the two learns of the second alone, and one that knows both of nothing.
            #expect(since == [["jti"], []])
        }
    }

    @Test(
        "RFC 7009 section 2: what is not revoked can be kept, without a trace; what is revoked cannot",
        arguments: TestDatabase.available
    )
    func kept(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (now, org) = (now, household.org.id)
            let (before, left, after) = try await database.write { connection in
                let before = try Revocations.hold("jti", org: org, now: now, on: connection)
                let left = try Revocations.live(now: now - .hours(1), on: connection).count
                try Revocations.insert("jti", org: org, now: now, until: now + .minutes(1), on: connection)
                return (before, left, try Revocations.hold("jti", org: org, now: now, on: connection))
            }
            #expect(before && left == 0 && !after)
            let stillThere = try await database.read { try Revocations.live(now: now, on: $0).map(\.subject) }
            #expect(stillThere == ["jti"])
            #expect(try await database.write { try OpaqueTokens.hold(digest: [1], on: $0) } == false)
        }
    }

    @Test(
        "RFC 7009 section 2: who revokes what is kept waits, and sees what was written beside it",
        arguments: TestDatabase.available.filter { $0 == .postgres }
    )
    func keptMeanwhile(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (now, org) = (now, household.org.id)
            let user = household.user
            let session = SessionRecord(
                digest: [7],
                org: org,
                user: user.id,
                authenticatedAt: now,
                timeoutMinutes: 120
            )
            let (isHeld, holding) = AsyncStream<Void>.makeStream()
            async let kept = database.write { connection in
                let kept = try Revocations.hold("jti", org: org, now: now, on: connection)
                holding.finish()
                try connection.waitUntilSomebodyWaits()
                try Sessions.insert(session, on: connection)
                return kept
            }
            for await _ in isHeld {}
            let seen = try await database.write { connection in
                try Revocations.insert("jti", org: org, now: now, until: now + .minutes(1), on: connection)
                return try Sessions.find(digest: [7], now: now, on: connection) != nil
            }
            #expect(try await kept && seen)
        }
    }
}
