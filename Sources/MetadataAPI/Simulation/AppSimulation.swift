public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Says what a deployment would do before it is done.
///
/// It *is* the deployment, in a transaction that is taken back, so that what is foreseen is what would come. Nothing is stored.
public struct AppSimulation: Sendable {
    private let deployment: AppDeployment

    /// A simulation of a deployment under this master key.
    public init(masterKey: MasterKey) {
        // A rotation is foreseen as what it does, not refused.
        deployment = AppDeployment(masterKey: masterKey, ignoreWarnings: true, actor: .server)
    }

    /// Carries what was read out of the transaction that is taken back.
    private struct RolledBack: Error {
        let apps: [Foreseen]
    }

    /// An app before and after. Its grants and users are compared when nobody waits for the writer any more.
    private struct Foreseen: Sendable {
        let change: AppDeployment.Change
        let before: AppExplanation?
        let after: AppExplanation
        let kind: AppKind
        let flows: [ForeseenRefusal]
        let grants: GrantForecast?

        var forecast: AppForecast {
            AppForecast(
                developerName: change.developerName,
                kind: change.kind,
                differences: before.map { AppForecast.differences($0, after) } ?? [],
                refusals: (flows + (grants?.refusals ?? [])).map { $0.named(as: kind) },
                notices: after.notices
            )
        }
    }

    /// What the deployment of some files would do now.
    ///
    /// - Throws: `MetadataErrors` with everything for which the deployment would be refused.
    public func forecasts(
        of files: [SourceFile],
        org: Org,
        now: Timestamp,
        in database: any Database
    ) async throws -> [AppForecast] {
        let deployment = deployment
        do {
            return try await database.write { connection in
                try AuditTrail.serialize(org.id, on: connection)
                let known = try Self.explanations(of: files, org: org, on: connection)
                let changes = try deployment.deploy(files, org: org, now: now, on: connection)
                let apps = try changes.map { change in
                    try Self.foreseen(change, known[change.id], org: org, now: now, on: connection)
                }
                throw RolledBack(apps: apps)
            }
        } catch let rolledBack as RolledBack {
            return rolledBack.apps.map(\.forecast)
        }
    }

    /// What the apps that files are about are before they are deployed.
    private static func explanations(
        of files: [SourceFile],
        org: Org,
        on connection: any Connection
    ) throws -> [AppID: AppExplanation] {
        let existing = try AppRecords.names(org: org.id, on: connection)
        var explanations: [AppID: AppExplanation] = [:]
        for app in try AppFolder.read(files, existingApps: existing) {
            let stored = try AppRecords.find(developerName: app.developerName, org: org.id, on: connection)
            if let stored { explanations[stored.id] = try AppRecords.explanation(stored, on: connection) }
        }
        return explanations
    }

    private static func foreseen(
        _ change: AppDeployment.Change,
        _ before: AppExplanation?,
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Foreseen {
        guard let stored = try AppRecords.find(id: change.id, on: connection) else {
            throw AppRecords.Missing(app: change.developerName)
        }
        let after = try AppRecords.explanation(stored, on: connection)
        return Foreseen(
            change: change,
            before: before,
            after: after,
            kind: stored.kind,
            flows: try before.map {
                try FlowForecast(before: $0.app, after: after.app, org: org).refusals(on: connection)
            } ?? [],
            grants: try before.map { try GrantForecast(before: $0.app, after: after.app, now: now, on: connection) }
        )
    }
}
