import OAuthTypes
import Storage
import Synchronization
import TestSupport
import Testing

/// The contract of ``Database`` and ``Connection``, which both drivers are held to.
@Suite struct DriverTests {
    private static let things = [
        Migration(
            "things",
            [
                "CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL, name TEXT, content BYTEA)",
                "CREATE TABLE parts (thing_id BIGINT NOT NULL REFERENCES things (id), size BIGINT NOT NULL CHECK (size > 0))",
            ]
        )
    ]

    @Test("design, rules of storage: A value comes back as it was stored", arguments: TestDatabase.available)
    func roundTrips(on kind: TestDatabase) async throws {
        let numbers: [Int64] = [0, -1, .min, .max]
        let texts: [String?] = ["", "plain", "ünï \u{1F511} 'quoted' \\x00 $1", nil]
        let blobs: [[UInt8]?] = [[], [0], [0, 255, 0, 39, 92], Array(0...255), nil]
        try await kind.withDatabase(migrations: Self.things) { database in
            for number in numbers {
                for text in texts {
                    for blob in blobs {
                        let back = try await database.write { connection -> (Int64, String?, [UInt8]?)? in
                            try connection.execute("DELETE FROM things")
                            try connection.execute(
                                "INSERT INTO things (id, name, content) VALUES (\(number), \(text), \(blob))"
                            )
                            guard var row = try connection.row("SELECT id, name, content FROM things") else {
                                return nil
                            }
                            return (try row.integer(), try row.optionalText(), try row.optionalBlob())
                        }
                        #expect(back?.0 == number && back?.1 == text && back?.2 == blob)
                    }
                }
            }
        }
    }

    @Test(
        "design, rules of storage: A text with U+0000 is refused and never cut, to store it as to look it up",
        arguments: TestDatabase.available
    )
    func noNUL(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            try await database.write { _ = try $0.execute("INSERT INTO things (id, name) VALUES (1, \("ann"))") }
            await #expect(throws: SQL.UnstorableText.self) {
                try await database.write { try $0.execute("INSERT INTO things (id, name) VALUES (2, \("b\u{0}"))") }
            }
            await #expect(throws: SQL.UnstorableText.self) {
                try await database.read { try $0.rows("SELECT id FROM things WHERE name = \("ann\u{0}x")") }
            }
        }
    }

    @Test(
        "design, rules of storage: RETURNING answers the changed rows, and execute counts them",
        arguments: TestDatabase.available
    )
    func returning(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let (name, changed, none) = try await database.write { connection in
                var row = try connection.row("INSERT INTO things (id, name) VALUES (1, \("one")) RETURNING name")
                try connection.execute("INSERT INTO things (id) VALUES (2), (3)")
                let changed = try connection.execute("UPDATE things SET name = \("more") WHERE id > 1")
                let none = try connection.execute("DELETE FROM things WHERE id = 9")
                return (try row?.text(), changed, none)
            }
            #expect(name == "one")
            #expect(changed == 2)
            #expect(none == 0)
        }
    }

    @Test(
        "design, rules of storage: An upsert replaces the row that is there; DO NOTHING changes no row",
        arguments: TestDatabase.available
    )
    func upsert(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let (name, ignored) = try await database.write { connection in
                for name in ["old", "new"] {
                    try connection.execute(
                        "INSERT INTO things (id, name) VALUES (1, \(name)) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
                    )
                }
                let ignored = try connection.execute("INSERT INTO things (id) VALUES (1) ON CONFLICT (id) DO NOTHING")
                var row = try connection.row("SELECT name FROM things")
                return (try row?.text(), ignored)
            }
            #expect(name == "new")
            #expect(ignored == 0)
        }
    }

    private struct Refused: Error {}

    @Test(
        "design, rules of storage: Nothing is kept of a write that throws, and all of those beside it",
        arguments: TestDatabase.available
    )
    func rollback(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let thrown = await withTaskGroup(of: Bool.self) { group in
                for id in 0..<40 {
                    group.addTask {
                        do {
                            try await database.write { connection in
                                try connection.execute("INSERT INTO things (id) VALUES (\(id))")
                                if id.isMultiple(of: 2) { throw Refused() }
                            }
                            return false
                        } catch {
                            return error is Refused
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            let kept = try await database.read { connection in
                try connection.rows("SELECT id FROM things ORDER BY id").map { row in
                    var row = row
                    return try row.int()
                }
            }
            #expect(thrown == 20)
            #expect(kept == Array(stride(from: 1, to: 40, by: 2)))
        }
    }

    @Test(
        "design, rules of storage: A broken constraint is told by its kind, and the transaction can go on",
        arguments: TestDatabase.available
    )
    func constraints(on kind: TestDatabase) async throws {
        let broken: [(SQL, ConstraintViolation.Kind)] = [
            ("INSERT INTO things (id) VALUES (1)", .unique),
            ("UPDATE things SET id = 1 WHERE id = 2", .unique),
            ("INSERT INTO parts (thing_id, size) VALUES (9, 1)", .foreignKey),
            ("DELETE FROM things WHERE id = 2", .foreignKey),
            ("INSERT INTO parts (thing_id, size) VALUES (1, 0)", .check),
            ("INSERT INTO parts (thing_id) VALUES (1)", .notNull),
        ]
        try await kind.withDatabase(migrations: Self.things) { database in
            let kinds = try await database.write { connection in
                try connection.execute("INSERT INTO things (id) VALUES (1), (2)")
                try connection.execute("INSERT INTO parts (thing_id, size) VALUES (2, 1)")
                let kinds = try broken.map { statement, _ -> ConstraintViolation.Kind? in
                    do {
                        try connection.execute(statement)
                        return nil
                    } catch let violation as ConstraintViolation {
                        return violation.kind
                    }
                }
                try connection.execute("INSERT INTO things (id) VALUES (3)")
                return kinds
            }
            let count = try await database.read { try $0.rows("SELECT id FROM things").count }
            #expect(kinds == broken.map { $0.1 })
            #expect(count == 3)
        }
    }

    @Test("design, rules of storage: Of fifty conditional updates at once one wins", arguments: TestDatabase.available)
    func conditionalUpdate(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            try await database.write { _ = try $0.execute("INSERT INTO things (id) VALUES (1)") }
            let wins = try await winners(of: 50) { contestant in
                try await database.write {
                    try $0.execute("UPDATE things SET name = \("\(contestant)") WHERE id = 1 AND name IS NULL") == 1
                }
            }
            #expect(wins == 1)
        }
    }

    @Test("design, rules of storage: A reader never sees half a transaction", arguments: TestDatabase.available)
    func isolation(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            try await database.write { _ = try $0.execute("INSERT INTO things (id, name) VALUES (1, '0'), (2, '0')") }
            let torn = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    for turn in 1...60 {
                        try await database.write { connection in
                            try connection.execute("UPDATE things SET name = \("\(turn)") WHERE id = 1")
                            try connection.execute("UPDATE things SET name = \("\(turn)") WHERE id = 2")
                        }
                    }
                    return 0
                }
                group.addTask {
                    var torn = 0
                    for _ in 1...60 {
                        let isWhole = try await database.read { connection in
                            var first = try connection.row("SELECT name FROM things WHERE id = 1")
                            var second = try connection.row("SELECT name FROM things WHERE id = 2")
                            return try first?.text() == second?.text()
                        }
                        if !isWhole { torn += 1 }
                    }
                    return torn
                }
                return try await group.reduce(0, +)
            }
            #expect(torn == 0)
        }
    }

    @Test("design, rules of storage: A read cannot write", arguments: TestDatabase.available)
    func readOnly(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            await #expect(throws: (any Error).self) {
                try await database.read { _ = try $0.execute("INSERT INTO things (id) VALUES (1)") }
            }
            let count = try await database.read { try $0.rows("SELECT id FROM things").count }
            #expect(count == 0)
        }
    }
}

/// How many of some contestants that run at once say that they won.
func winners(of count: Int, _ contest: @escaping @Sendable (Int) async throws -> Bool) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        for contestant in 0..<count { group.addTask { try await contest(contestant) } }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
}
