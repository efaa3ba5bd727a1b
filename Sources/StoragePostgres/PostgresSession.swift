import CLibPQ
import Glibc
import OAuthTypes
import Storage

/// One connection to the server with the statements it has prepared. Every call blocks, so it is used on a queue of its own.
final class PostgresSession {
    /// A prepared statement is bound to the types of its arguments, so they are part of its name.
    private struct Preparation: Hashable {
        let text: String
        let types: [UInt32]
    }

    private let url: Secret
    private let outage: Outage
    private var handle: OpaquePointer?
    private var prepared: [Preparation: String] = [:]

    init(url: Secret, outage: Outage) {
        self.url = url
        self.outage = outage
    }

    deinit { close() }

    func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        prepared = [:]
    }

    /// Runs a closure between `begin` and `COMMIT`; what it throws is thrown after a rollback.
    func transaction<Result>(_ begin: String, _ body: (any Connection) throws -> Result) throws -> Result {
        try start(begin)
        do {
            let connection = PostgresConnection(session: self)
            let result = try body(connection)
            try Versions.count(connection.changes, on: connection)
            let tag = try command("COMMIT").tag
            guard tag == "COMMIT" else {
                throw PostgresFailure(
                    sqlState: nil,
                    description: "PostgreSQL gave the transaction up, since a statement of it failed"
                )
            }
            return result
        } catch {
            // The connection may be gone, or the COMMIT itself have failed: the first error is the one to tell.
            _ = try? command("ROLLBACK")
            throw error
        }
    }

    /// Begins on a live connection. Nothing has run yet, so a connection that died while idle is replaced unseen.
    private func start(_ begin: String) throws {
        if handle == nil { try connect() }
        do {
            try command(begin)
        } catch  where !isAlive {
            try connect()
            try command(begin)
        }
    }

    private var isAlive: Bool {
        handle.map { PQstatus($0) == CONNECTION_OK } ?? false
    }

    func connect() throws {
        close()
        let url = url
        let fresh = try outage.attempt { () throws(DatabaseUnavailable) in
            let fresh = Self.open(url)
            guard let fresh, PQstatus(fresh) == CONNECTION_OK else {
                let words = fresh.map { String(cString: PQerrorMessage($0)) } ?? ""
                if let fresh { PQfinish(fresh) }
                throw DatabaseUnavailable.unreachable(words)
            }
            return fresh
        }
        handle = fresh
        PQsetNoticeProcessor(fresh, { _, _ in }, nil)
        try command("SET client_encoding = 'UTF8'; SET bytea_output = 'hex'; SET standard_conforming_strings = on")
        try command("SET lock_timeout = '10s'")
    }

    /// Opens a connection. Where the URL does not say otherwise, a server that does not answer is given up on in seconds, so that
    /// nobody waits for it as long as the network would.
    private static func open(_ url: Secret) -> OpaquePointer? {
        let settings = [
            ("connect_timeout", "5"), ("tcp_user_timeout", "10000"), ("application_name", "signet"),
            ("dbname", url.revealed),
        ]
        let texts = settings.map { (strdup($0.0), strdup($0.1)) }
        defer {
            for text in texts {
                free(text.0)
                free(text.1)
            }
        }
        let names = texts.map { UnsafePointer($0.0) } + [nil]
        let values = texts.map { UnsafePointer($0.1) } + [nil]
        // A URL in place of the database's name is taken apart, and what it says counts above what stands before it.
        return PQconnectdbParams(names, values, 1)
    }

    /// Runs a statement of ours without arguments.
    @discardableResult
    func command(_ text: String) throws -> PostgresResult {
        guard let handle, let answer = PQexec(handle, text) else { throw DatabaseUnavailable.lost }
        return try PostgresResult(answer)
    }

    /// Runs a statement, prepared at its first use on this connection.
    func run(_ statement: SQL) throws -> PostgresResult {
        let arguments = BoundArguments(try statement.bindable)
        let name = try preparedName(statement)
        guard let handle, let answer = arguments.execute(name, on: handle) else { throw DatabaseUnavailable.lost }
        return try PostgresResult(answer)
    }

    /// Runs a statement whose failure undoes nothing but itself. It costs one trip to the server, as without the savepoint: when one
    /// of the three fails the server does not look at the rest.
    func runBehindSavepoint(_ statement: SQL) throws -> PostgresResult {
        let arguments = BoundArguments(try statement.bindable)
        let name = try preparedName(statement)
        guard let handle, PQenterPipelineMode(handle) == 1 else { throw DatabaseUnavailable.lost }
        guard Self.send("SAVEPOINT statement", on: handle), arguments.send(name, on: handle),
            Self.send("RELEASE statement", on: handle), PQpipelineSync(handle) == 1,
            let before = Self.answer(on: handle), let answer = Self.answer(on: handle),
            let after = Self.answer(on: handle), Self.endPipeline(on: handle)
        else {
            // Half of a pipeline is left in it, which no later statement may meet.
            close()
            throw DatabaseUnavailable.lost
        }
        _ = try before.get()
        do {
            let result = try answer.get()
            _ = try after.get()
            return result
        } catch {
            try command("ROLLBACK TO statement")
            throw error
        }
    }

    private static func send(_ command: String, on handle: OpaquePointer) -> Bool {
        PQsendQueryParams(handle, command, 0, nil, nil, nil, nil, 0) == 1
    }

    /// The answer to the next statement of a pipeline, and the nothing that stands behind it; `nil` when the connection is lost.
    private static func answer(on handle: OpaquePointer) -> Result<PostgresResult, any Error>? {
        guard let answer = PQgetResult(handle) else { return nil }
        let result = Result { try PostgresResult(answer) }
        while let more = PQgetResult(handle) { PQclear(more) }
        return result
    }

    private static func endPipeline(on handle: OpaquePointer) -> Bool {
        PQclear(PQgetResult(handle))
        return PQexitPipelineMode(handle) == 1
    }

    private func preparedName(_ statement: SQL) throws -> String {
        let preparation = Preparation(text: statement.text, types: statement.arguments.map(TypeID.of))
        if let name = prepared[preparation] { return name }
        let name = "s\(prepared.count)"
        guard let handle,
            let answer = PQprepare(handle, name, statement.text, Int32(preparation.types.count), preparation.types)
        else { throw DatabaseUnavailable.lost }
        _ = try PostgresResult(answer)
        prepared[preparation] = name
        return name
    }
}

/// Arguments in PostgreSQL's binary forms, laid out in one run of bytes: lengths are told, so NULs and emptiness survive.
private struct BoundArguments {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []

    init(_ values: [SQL.Value]) {
        for value in values {
            let start = bytes.count
            switch value {
            case .null: break
            case .integer(let integer): withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            }
            offsets.append(value == .null ? nil : start)
            lengths.append(Int32(bytes.count - start))
        }
        // One byte more, so that an empty value at the end has an address too: libpq reads no address as NULL.
        bytes.append(0)
    }

    func execute(_ name: String, on handle: OpaquePointer) -> OpaquePointer? {
        withPointers { PQexecPrepared(handle, name, $0, $1, $2, $3, 0) }
    }

    /// Puts the statement into the pipeline.
    ///
    /// - Returns: whether it was taken.
    func send(_ name: String, on handle: OpaquePointer) -> Bool {
        withPointers { PQsendQueryPrepared(handle, name, $0, $1, $2, $3, 0) } == 1
    }

    private func withPointers<Result>(
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        let binary = [Int32](repeating: 1, count: lengths.count)
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let addresses = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return body(Int32(lengths.count), addresses, lengths, binary)
        }
    }
}
