import Logging
import OAuthTypes
import ServiceLifecycle
import Storage

/// Does a piece of upkeep again and again until the server stops. A failure is logged and the next round tries again: the
/// database may be away for a while, and the server outlives that.
struct Upkeep: Service {
    let name: String
    let every: Duration
    let logger: Logger
    let work: @Sendable () async throws -> Void

    init(name: String, every: Duration, logger: Logger, work: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.every = every
        self.logger = logger
        self.work = work
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await work()
                } catch {
                    // Work that is cut off because the server stops has not failed.
                    if Task.isCancelled { break }
                    logger.error("upkeep failed", metadata: ["upkeep": "\(name)", "reason": "\(error)"])
                }
                // The pace of the upkeep, not a wait for anything; cancelled when the server stops.
                try? await Task.sleep(for: every)
            }
        }
    }
}

/// Forgets what has expired, in small batches, so that no table grows without end. A step that fails keeps none of the others from
/// being done.
enum Sweep {
    private static let batch = 500

    static func run(_ database: any Database, now: Timestamp) async throws {
        let steps: [@Sendable (any Connection) throws -> Int] = [
            { try AuthorizationCodes.sweep(expiredBefore: now - .hours(1), limit: batch, on: $0) },
            // A rotated refresh token that is used again revokes its family for so long.
            { try RefreshTokens.sweep(rotatedBefore: now - .days(30), limit: batch, on: $0) },
            { try SigningKeys.sweep(revokedBefore: now - .days(2), limit: batch, on: $0) },
            { try Authorizations.sweep(revokedBefore: now - .days(2), limit: batch, on: $0) },
            { try OpaqueTokens.sweep(expiredBefore: now, limit: batch, on: $0) },
            { try Revocations.sweep(expiredBefore: now, limit: batch, on: $0) },
            { try UsedOnce.sweep(expiredBefore: now, limit: batch, on: $0) },
            { try Credentials.sweep(expiredBefore: now - .days(7), limit: batch, on: $0) },
            { try Sessions.sweep(expiredBefore: now, limit: batch, on: $0) },
            { try Deployments.sweep(now: now, limit: batch, on: $0) },
            { try Retrievals.sweep(before: now - .days(1), limit: batch, on: $0) },
            { try SignInFailures.sweep(olderThan: now - .hours(1), limit: batch, on: $0) },
        ]
        var failure: (any Error)?
        for step in steps {
            do {
                while try await database.write(step) >= batch { try Task.checkCancellation() }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
