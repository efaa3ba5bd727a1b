import Dispatch
import Storage
import Synchronization

/// A database in which statements that have a text take until they are let go, as long ones do: each keeps its connection meanwhile.
struct HeldDatabase: Database {
    let base: any Database
    let hold: Hold

    /// Which statements take so long, and how many there have been.
    final class Hold: Sendable {
        private let text: String
        private let end = DispatchSemaphore(value: 0)
        private let state = Mutex((isOn: false, count: 0))

        init(statementsWith text: String) { self.text = text }

        /// How many statements were held so far.
        var count: Int { state.withLock { $0.count } }

        func begin() { state.withLock { $0.isOn = true } }

        /// Lets go those that are held, and holds no more.
        func letGo() {
            let held = state.withLock { state in
                state.isOn = false
                return state.count
            }
            for _ in 0..<held { end.signal() }
        }

        func pass(_ statement: SQL) {
            guard statement.text.contains(text) else { return }
            let isHeld = state.withLock { state in
                if state.isOn { state.count += 1 }
                return state.isOn
            }
            if isHeld { end.wait() }
        }
    }

    private struct HeldConnection: Connection {
        let base: any Connection
        let hold: Hold

        var changes: Versions.Changes { base.changes }
        func execute(_ statement: SQL) throws -> Int { try base.execute(statement) }
        func rows(_ statement: SQL) throws -> [Row] {
            hold.pass(statement)
            return try base.rows(statement)
        }
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        let hold = hold
        return try await base.read { try body(HeldConnection(base: $0, hold: hold)) }
    }

    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await base.write(body)
    }

    func close() async throws { try await base.close() }
}
