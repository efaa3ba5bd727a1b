import ClientApps
public import OAuthTypes
import Orgs
import Storage
import Tokens

/// The work of deployments, one after the other.
extension DeploymentQueue {
    /// Does the work of the next deployment, if one waits, at a moment at which the clock stands.
    ///
    /// - Returns: whether there was one, so that more may wait.
    public func runNext(now: Timestamp) async throws -> Bool { try await runNext { now } }

    /// Says that the work of a deployment ended in what is nobody's mistake; the deployment has failed, and nothing of it was done.
    public struct Broken: Error, CustomStringConvertible {
        let id: DeploymentID
        /// What ended it.
        public let reason: any Error
        /// Which deployment, and why, for the log of the operator.
        public var description: String { "deployment \(id.rawValue) failed: \(reason)" }
    }

    /// Does the work of the next deployment, if one waits.
    ///
    /// - Parameter clock: says the time; work that takes too long by it is taken back.
    /// - Returns: whether there was one, so that more may wait.
    /// - Throws: ``Broken``; `DatabaseUnavailable` and `CancellationError`, after which it is taken up again when its claim has run out.
    public func runNext(clock: @escaping @Sendable () -> Timestamp) async throws -> Bool {
        let now = clock()
        guard let id = try await database.read({ try Deployments.next(now: now, on: $0) }) else { return false }
        let claimed: DeploymentRecord?
        do {
            claimed = try await database.write {
                try Deployments.claim(id, until: now + Self.claim, now: now, on: $0)
            }
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            return false
        }
        guard let claimed else { return false }
        guard claimed.attempts <= Self.attempts else {
            try await finish(claimed, failing: .unknownException, Self.givenUp, now: now)
            return true
        }
        do {
            try await work(claimed, clock: clock)
        } catch let error where !(error is DatabaseUnavailable || error is CancellationError) {
            // To try it again would end the same way, and keep the other deployments of the org waiting.
            try await finish(claimed, failing: .unknownException, Self.broken, now: clock())
            throw Broken(id: claimed.id, reason: error)
        }
        return true
    }

    private static let broken =
        "The server could not do this deployment, and nothing of it was done; the operator finds the reason by its id in the log."

    private static let givenUp =
        "The server stopped \(attempts) times while it was at this deployment; tell the operator, and deploy in parts."

    private static let overdue =
        "The deployment took more than \(longestWork.milliseconds / 1_000) seconds, in which others wait, and nothing of it was done; deploy in parts."

    private func work(_ record: DeploymentRecord, clock: @escaping @Sendable () -> Timestamp) async throws {
        guard let sealed = try await database.read({ try DeploymentArchives.find(record.id, on: $0) }) else {
            return try await finish(
                record,
                failing: .unknownException,
                "The archive is gone; deploy again.",
                now: clock()
            )
        }
        let options = try Self.options(of: record)
        var reader = PackageReader()
        let packages: [DeploymentPackage]
        do {
            try reader.unpack(try masterKey.open(sealed, context: Self.sealContext(record.id)))
            packages = try reader.packages(singlePackage: options.singlePackage)
        } catch let error as ArchiveError {
            return try await finish(record, failing: .invalidZipFile, error.description, now: clock())
        } catch let error as MetadataError {
            return try await finish(record, failing: error.code, "\(error.problem) \(error.remedy)", now: clock())
        }
        let (masterKey, fileCount) = (masterKey, reader.fileCount)
        let read = packages.map { ReadPackage($0, spokenVersion: record.version) }
        try await database.write { connection in
            guard let status = try Deployments.hold(record.id, attempt: record.attempts, on: connection) else { return }
            try AuditTrail.serialize(record.org, on: connection)
            // What waited for others is dated from here on: what they issued meanwhile ends with what this ends.
            let now = clock()
            let counts = DeploymentRecord.Counts(files: fileCount)
            guard status == .inProgress else {
                return try Deployments.finishCanceled(record.id, counts, now: now, on: connection)
            }
            let caller: MetadataCaller
            do {
                let (user, source) = (record.author.user, record.author.source)
                caller = try .standing(
                    user,
                    in: record.org,
                    source: source,
                    version: record.version,
                    now: now,
                    on: connection
                )
            } catch let fault as MetadataFault {
                let failure = DeploymentFailure(fault.code, fault.description)
                return try Deployments.finish(record.id, .failed(failure), counts, now: now, on: connection)
            }
            let writer = ComponentWriter(caller: caller, masterKey: masterKey, ignoreWarnings: options.ignoreWarnings)
            var run = DeploymentRun(writer: writer, options: options) { clock() > now + Self.longestWork }
            do {
                try run.run(read, on: connection)
            } catch is DeploymentRun.Overdue {
                let failure = DeploymentFailure(.limitExceeded, Self.overdue)
                return try Deployments.finish(record.id, .failed(failure), counts, now: clock(), on: connection)
            }
            let end = clock()
            // Until the work is seen, tokens are issued as if there were none of it.
            try AppRecords.delayCutOffs(since: now, by: end - now, org: record.org, on: connection)
            try Self.finish(record, run, options, files: fileCount, now: end, on: connection)
        }
    }

    private static func finish(
        _ record: DeploymentRecord,
        _ run: DeploymentRun,
        _ options: DeployOptions,
        files: Int,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let components = run.messages.filter { !$0.componentType.isEmpty || !$0.success }
        let deployed = components.count(where: \.success)
        let end: DeploymentEnd =
            if !run.hasFailure { .succeeded } else {
                options.rollbackOnError || deployed == 0 ? .failed(nil) : .succeededPartial
            }
        let isValidation = options.checkOnly && end == .succeeded
        try Deployments.finish(
            record.id,
            end,
            .init(files: files, total: components.count, deployed: deployed),
            run.messages,
            keepsArchive: isValidation,
            now: now,
            on: connection
        )
        if isValidation {
            try DeploymentArchives.keepValidations(within: validationCapacity, org: record.org, on: connection)
        }
    }

    private func finish(
        _ record: DeploymentRecord,
        failing code: StatusCode,
        _ message: String,
        now: Timestamp
    ) async throws {
        try await database.write { connection in
            guard let status = try Deployments.hold(record.id, attempt: record.attempts, on: connection) else { return }
            if status == .canceling {
                try Deployments.finishCanceled(record.id, now: now, on: connection)
            } else {
                let failure = DeploymentFailure(code, message)
                try Deployments.finish(record.id, .failed(failure), now: now, on: connection)
            }
        }
    }
}
