import AuthorizationServer
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// A call about packages, by somebody who had the permission for it when it came.
struct PackageCall: Sendable {
    let live: RESTRoutes.Live
    let action: Action
    let actor: AuditActor
    let clock: WallClock
    let server: AuthorizationServer
    let place: LargeBodyPlace

    var org: Org { live.org.org }

    /// Whoever changes something, at the time of it.
    struct Writer: Sendable {
        let org: Org
        let actor: AuditActor
        let now: Timestamp
        let masterKey: MasterKey

        var export: PackageExport { PackageExport(org: org, actor: actor, now: now, masterKey: masterKey) }
        var installation: PackageInstallation {
            PackageInstallation(org: org, actor: actor, now: now, masterKey: masterKey)
        }
    }

    /// Changes something, if the caller still has the permission for it.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Writer, any Connection) throws -> Result
    ) async throws -> Result {
        let (actor, clock, masterKey) = (actor, clock, server.masterKey)
        return try await live.write(action, in: server.database) { standing, connection in
            try body(Writer(org: standing.org, actor: actor, now: clock.now, masterKey: masterKey), connection)
        }
    }

    /// What an installation does, and what was made of it if it was approved.
    typealias Done = (plan: PackagePlan, installed: PackageInstallation.Installed?)

    /// Does an installation that was approved; of any other, it says what it would do.
    ///
    /// - Throws: `PackageRefusal`, also where something else was approved.
    func perform(_ input: InstallationInput) async throws -> Done {
        do {
            return try await write { writer, connection in
                let done = try writer.installation.perform(
                    input.package,
                    input.step,
                    isApproved: { input.approved == Self.approval($0) },
                    on: connection
                )
                return (done.plan, done.installed)
            }
        } catch let rolledBack as PackageInstallation.NotApproved {
            guard input.approved == nil else { throw rolledBack.refusal }
            return (rolledBack.plan, nil)
        }
    }

    /// What an admin sends back to approve what they were shown.
    static func approval(_ plan: PackagePlan) -> String {
        Base64URL.encode(TokenDigest.sha256(JSONWriter.object { PackageFacts.write(plan, nil, &$0) }))
    }
}
