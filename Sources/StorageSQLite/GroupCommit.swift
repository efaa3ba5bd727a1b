import GRDB
import Storage
import Synchronization

/// Commits the writes that wait together in one transaction, each behind a savepoint of its own: one wait for the disk serves them all.
final class GroupCommit: Sendable {
    /// A write that waits: it runs on the connection and keeps its own result until the group is durable.
    private struct Job: Sendable {
        let run: @Sendable (GRDB.Database) -> Void
        let finish: @Sendable ((any Error)?) -> Void
    }

    private struct Queue {
        var jobs: [Job] = []
        var isDraining = false
    }

    /// The number of writes that share one commit at most.
    private static let largestGroup = 128

    private let pool: DatabasePool
    private let queue = Mutex(Queue())

    init(pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs a write and returns when it is durable.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let box = Outcome<Result>()
            enqueue(
                Job { database in
                    box.keep(
                        Swift.Result {
                            try Self.behindSavepoint(database) {
                                let connection = SQLiteConnection(database: database)
                                let result = try body(connection)
                                try Versions.count(connection.changes, on: connection)
                                return result
                            }
                        }
                    )
                } finish: { failure in
                    continuation.resume(with: box.result(failure: failure))
                }
            )
        }
    }

    private func enqueue(_ job: Job) {
        let startsDraining = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        if startsDraining { drain() }
    }

    private func drain() {
        pool.asyncWriteWithoutTransaction { [self] database in
            while let group = next() {
                let failure = commit(group, database)
                for job in group { job.finish(failure) }
            }
        }
    }

    private func next() -> [Job]? {
        queue.withLock { queue in
            guard !queue.jobs.isEmpty else {
                queue.isDraining = false
                return nil
            }
            let group = Array(queue.jobs.prefix(Self.largestGroup))
            queue.jobs.removeFirst(group.count)
            return group
        }
    }

    /// - Returns: why the whole group failed, if it did.
    private func commit(_ group: [Job], _ database: GRDB.Database) -> (any Error)? {
        do {
            try database.inTransaction(.immediate) {
                for job in group { job.run(database) }
                return .commit
            }
            return nil
        } catch {
            return error
        }
    }

    private static func behindSavepoint<Result>(
        _ database: GRDB.Database,
        _ body: () throws -> Result
    ) throws -> Result {
        var result: Result?
        try database.inSavepoint {
            result = try body()
            return .commit
        }
        guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return result
    }
}

/// Holds what a write answered until its group is durable.
private final class Outcome<Value: Sendable>: Sendable {
    private let kept = Mutex<Result<Value, any Error>?>(nil)

    func keep(_ result: Result<Value, any Error>) {
        kept.withLock { $0 = result }
    }

    func result(failure: (any Error)?) -> Result<Value, any Error> {
        if let failure { return .failure(failure) }
        return kept.withLock { $0 } ?? .failure(DatabaseError(resultCode: .SQLITE_ABORT))
    }
}
