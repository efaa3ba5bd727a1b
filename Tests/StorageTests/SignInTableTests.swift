import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// The tables of browser sessions, failed sign-ins and assertions.
@Suite struct SignInTableTests {
    private let now = Household.now

    @Test(
        "design, rules of storage: A session is found until it expires, is deleted or is swept",
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
        "design, rules of storage: Failed sign-ins are counted up to a limit until a success or a quiet period; one refused changes nothing",
        arguments: TestDatabase.available
    )
    func failures(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            let now = now
            let (counts, swept) = try await database.write { connection in
                func count(_ subject: String, _ time: Timestamp) throws -> Bool {
                    try SignInFailures.count(
                        subject,
                        limit: 2,
                        quietSince: time - .minutes(15),
                        now: time,
                        on: connection
                    )
                }
                var counts = [try count("ada", now), try count("ada", now + .minutes(1))]
                counts.append(try count("ada", now + .minutes(15)))
                // What was refused did not move the end of the lock.
                counts.append(try count("ada", now + .minutes(16)))
                counts.append(try count("ada", now + .minutes(16)))
                counts.append(try count("ada", now + .minutes(16)))
                try SignInFailures.forgive("ada", on: connection)
                counts.append(try count("ada", now + .minutes(16)))
                try SignInFailures.clear("ada", on: connection)
                counts.append(try count("ada", now + .minutes(16)))
                // A time of before neither ends nor moves what was counted since.
                counts.append(try count("bob", now + .minutes(20)))
                counts.append(try count("bob", now))
                counts.append(try count("bob", now + .minutes(21)))
                try SignInFailures.clear("bob", on: connection)
                for subject in ["ada 1", "ada 1", "adam", "ad%"] { _ = try count(subject, now) }
                try SignInFailures.clear(prefix: "ada ", on: connection)
                try SignInFailures.clear(prefix: "%", on: connection)
                counts.append(try count("ada 1", now))
                return (counts, try SignInFailures.sweep(olderThan: now + .minutes(1), limit: 10, on: connection))
            }
            #expect(counts == [true, true, false, true, true, false, true, true, true, true, false, true])
            #expect(swept == 3)
        }
    }

    @Test(
        "design, rules of storage: of many attempts at once no more are counted than the limit allows",
        arguments: TestDatabase.available
    )
    func failuresAtOnce(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            let now = now
            let wins = try await winners(of: 50) { _ in
                try await database.write {
                    try SignInFailures.count("ada", limit: 10, quietSince: now - .minutes(15), now: now, on: $0)
                }
            }
            #expect(wins == 10)
        }
    }

    @Test(
        "RFC 7523 section 3: of many uses of one assertion's jti at once the first is taken",
        arguments: TestDatabase.available
    )
    func assertions(on kind: TestDatabase) async throws {
        try await kind.withDatabase { database in
            let expiry = now + .minutes(3)
            @Sendable func take(_ kind: UsedOnce.Kind, by key: String, on connection: any Connection) throws -> Bool {
                try UsedOnce.take(kind, digest: [1, 2, 3], consumerKey: key, until: expiry, on: connection)
            }
            let wins = try await winners(of: 50) { _ in
                try await database.write { try take(.bearerAssertion, by: "key", on: $0) }
            }
            let (others, swept) = try await database.write { connection in
                (
                    [
                        try take(.bearerAssertion, by: "other", on: connection),
                        try take(.clientAssertion, by: "key", on: connection),
                    ],
                    try UsedOnce.sweep(expiredBefore: expiry + .seconds(1), limit: 10, on: connection)
                )
            }
            #expect(wins == 1)
            #expect(others == [true, true])
            #expect(swept == 3)
        }
    }
}
