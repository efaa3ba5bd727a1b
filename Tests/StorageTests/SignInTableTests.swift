import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// The tables of browser sessions, failed sign-ins and assertions.
@Suite struct SignInTableTests {
    private let now = Household.now

    @Test(
        "design storage: A session is found until it expires, is deleted or is swept",
        arguments: TestDatabase.available
    )
    func sessions(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let (now, user) = (now, household.user.id)
            let (seen, swept) = try await database.write { connection in
                func isFound(_ digest: [UInt8], _ time: Timestamp) throws -> Bool {
                    try Sessions.find(digest: digest, now: time, on: connection) != nil
                }
                for digest in [[1], [2], [3]] as [[UInt8]] {
                    try Sessions.insert(
                        SessionRecord(
                            digest: digest,
                            org: household.org.id,
                            user: user,
                            authenticatedAt: now,
                            timeoutMinutes: 60
                        ),
                        on: connection
                    )
                }
                var seen = [try isFound([1], now + .minutes(59)), try isFound([1], now + .minutes(60))]
                try Sessions.extend(digest: [1], to: now + .hours(2), on: connection)
                seen.append(try isFound([1], now + .minutes(60)))
                let swept = try Sessions.sweep(expiredBefore: now + .minutes(61), limit: 1, on: connection)
                try Sessions.delete(digest: [1], on: connection)
                seen.append(try isFound([1], now))
                try Sessions.deleteAll(user: user, on: connection)
                seen.append(try isFound([2], now) || isFound([3], now))
                return (seen, swept)
            }
            #expect(seen == [true, false, true, false, false])
            #expect(swept == 1)
        }
    }

    @Test(
        "design storage: Failed sign-ins are counted until a success or a quiet period",
        arguments: TestDatabase.available
    )
    func failures(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            let now = now
            let (taken, swept) = try await database.write { connection in
                func take(_ time: Timestamp) throws -> Bool {
                    try SignInFailures.take(
                        "ada",
                        limit: 2,
                        quietSince: time - .minutes(15),
                        now: time,
                        on: connection
                    )
                }
                var taken = [try take(now), try take(now + .minutes(1)), try take(now + .minutes(2))]
                try SignInFailures.forgive("ada", on: connection)
                taken += [try take(now + .minutes(2)), try take(now + .minutes(16))]
                // What is refused does not make the quiet period longer.
                taken += [try take(now + .minutes(17)), try take(now + .minutes(17)), try take(now + .minutes(17))]
                try SignInFailures.clear("ada", on: connection)
                taken.append(try take(now))
                return (taken, try SignInFailures.sweep(olderThan: now + .minutes(1), limit: 10, on: connection))
            }
            #expect(taken == [true, true, false, true, false, true, true, false, true])
            #expect(swept == 1)
        }
    }

    @Test(
        "RFC 7523 section 3: of many uses of one assertion's jti at once the first is taken",
        arguments: TestDatabase.available
    )
    func assertions(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            let expiry = now + .minutes(3)
            let wins = try await winners(of: 50) { _ in
                try await database.write { try AssertionIDs.take("jti", consumerKey: "key", until: expiry, on: $0) }
            }
            let (other, swept) = try await database.write { connection in
                (
                    try AssertionIDs.take("jti", consumerKey: "other", until: expiry, on: connection),
                    try AssertionIDs.sweep(expiredBefore: expiry + .seconds(1), limit: 10, on: connection)
                )
            }
            #expect(wins == 1)
            #expect(other)
            #expect(swept == 2)
        }
    }
}
