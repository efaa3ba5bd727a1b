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

    /// Carries the forecasts out of the transaction that is taken back.
    private struct TakenBack: Error {
        let forecasts: [AppForecast]
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
                let known = try Self.explanations(of: files, org: org, on: connection)
                let changes = try deployment.deploy(files, org: org, now: now, on: connection)
                let forecasts = try changes.map { change in
                    try Self.forecast(change, known[change.id], org: org, now: now, on: connection)
                }
                throw TakenBack(forecasts: forecasts)
            }
        } catch let taken as TakenBack {
            return taken.forecasts
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

    private static func forecast(
        _ change: AppDeployment.Change,
        _ before: AppExplanation?,
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> AppForecast {
        guard let stored = try AppRecords.find(id: change.id, on: connection) else {
            throw AppRecords.Missing(app: change.developerName)
        }
        let after = try AppRecords.explanation(stored, on: connection)
        var refusals: [ForeseenRefusal] = []
        if let before {
            let flows = FlowForecast(before: before.app, after: after.app, org: org)
            refusals = try flows.refusals(on: connection)
            let grants = try GrantForecast(before: before.app, after: after.app, now: now, on: connection)
            refusals += grants.refusals
        }
        return AppForecast(
            developerName: change.developerName,
            kind: change.kind,
            differences: before.map { AppForecast.differences($0, after) } ?? [],
            refusals: refusals.map { $0.named(as: stored.kind) },
            notices: after.notices
        )
    }
}
