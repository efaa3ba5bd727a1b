import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// The audit trail and its chain.
@Suite struct AuditTrailTests {
    private let now = Household.now
    /// An org of its own, since the making of the household is in the trail of the household's.
    private let org = OrgID(stored: "00D000000000002AAA")

    private func event(_ household: Household, _ number: Int) -> AuditEvent {
        AuditEvent(
            org: org,
            at: now + .seconds(Int64(number)),
            actor: number == 2 ? .operator(command: "app apply") : .user(household.user.id, source: "192.0.2.1"),
            action: .updated,
            subjectKind: "ExternalClientApplication",
            subjectName: "Orders \"\(number)\"",
            changes: [
                AuditChange("label", before: nil, after: "Orders"), .secret("consumerSecret", before: [1], after: [2]),
            ]
        )
    }

    @Test(
        "issue 3, audit: entries are numbered, chained, and hold secrets as digests",
        arguments: TestDatabase.available
    )
    func chain(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let events = (1...3).map { event(household, $0) }
            try await database.write { connection in
                for event in events { try AuditTrail.record(event, on: connection) }
            }
            let (entries, rest, count) = try await database.read { connection in
                (
                    try AuditTrail.entries(org: org, limit: 2, on: connection),
                    try AuditTrail.entries(org: org, after: 2, limit: 9, on: connection),
                    try AuditTrail.verify(org: org, on: connection)
                )
            }
            #expect(entries.map(\.sequence) == [1, 2] && rest.map(\.sequence) == [3] && count == 3)
            let first = try JSONScanner.object(Array(entries[0].content.utf8))
            #expect(first["actor"]?.object?["kind"]?.string == "user")
            #expect(first["subject"]?.object?["name"]?.string == "Orders \"1\"")
            let changes = first["changes"]?.array?.compactMap(\.object) ?? []
            #expect(changes.first?["before"] == nil && changes.first?["after"]?.string == "Orders")
            #expect(changes.last?["after"]?.string?.hasPrefix("sha256:") == true)
            #expect(entries[0].hash.count == 32 && entries[0].hash != entries[1].hash)
        }
    }

    @Test(
        "issue 3, audit: an entry that was changed, taken out or cut off shows",
        arguments: TestDatabase.available,
        [
            ("UPDATE audit_entries SET content = replace(content, 'Orders', 'Odds') WHERE sequence = 2", 2),
            ("DELETE FROM audit_entries WHERE sequence = 2", 2), ("DELETE FROM audit_entries WHERE sequence = 1", 1),
            ("DELETE FROM audit_entries WHERE sequence = 3", 2),
            ("UPDATE audit_entries SET occurred_at = occurred_at - 1 WHERE sequence = 2", 2),
        ] as [(SQL, Int64)]
    )
    func tampering(on kind: TestDatabase, tampered: (statement: SQL, sequence: Int64)) async throws {
        try await kind.withHousehold { household, database in
            let events = (1...3).map { event(household, $0) }
            let found = try await database.write { connection -> AuditTrail.Break? in
                for event in events { try AuditTrail.record(event, on: connection) }
                try connection.execute(tampered.statement)
                do {
                    _ = try AuditTrail.verify(org: org, on: connection)
                    return nil
                } catch { return error as? AuditTrail.Break }
            }
            switch found {
            case .missing(let sequence), .changed(let sequence), .cutOff(let sequence):
                #expect(sequence == tampered.sequence)
            case nil:
                Issue.record("the chain was taken for whole after \(tampered.statement.text)")
            }
        }
    }

    @Test("issue 3, audit: changes made at once by several are all numbered", arguments: TestDatabase.available)
    func concurrent(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let event = event(household, 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await database.write { try AuditTrail.record(event, on: $0) } }
                }
                try await group.waitForAll()
            }
            let count = try await database.read { try AuditTrail.verify(org: event.org, on: $0) }
            #expect(count == 20)
        }
    }
}
