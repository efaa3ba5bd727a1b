import ClientApps
public import OAuthTypes
public import Orgs
public import Storage

/// What is done to an app as a whole: it is deleted, blocked, installed or migrated, and the audit trail says so, all in the caller's
/// transaction.
public struct AppLifecycle: Sendable {
    /// The org of the app.
    public let org: Org
    /// Who does it.
    public let actor: AuditActor
    private let clock: @Sendable () -> Timestamp

    /// A change by somebody.
    ///
    /// - Parameter clock: the time, which is read when no other change of the org is under way any more: what is issued during that
    ///   wait ends too.
    public init(org: Org, actor: AuditActor, clock: @escaping @Sendable () -> Timestamp) {
        (self.org, self.actor, self.clock) = (org, actor, clock)
    }

    /// Why something cannot be done to an app.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong and what to do.
        public let description: String
    }

    /// What became of a deleted app.
    public enum Deletion: String, Hashable, Sendable {
        /// It is gone.
        case deleted
        /// The connected app that was migrated to it is usable again.
        case connectedAppReactivated
    }

    /// Deletes an app with its consumers and consents; every token and grant of it ends. A connected app that was migrated to it gets
    /// its consumer and its old settings back (facts: app-model 10).
    ///
    /// - Throws: ``Refusal`` for an app that came from a package or is part of the server, and for one whose consumer others have who installed its package.
    public func delete(_ app: AppRecords.Stored, on connection: any Connection) throws -> Deletion {
        let now = try begin(on: connection)
        try requireNoPackage(app, on: connection)
        let key = app.consumers.first?.key
        let gone = AuditChange("consumerKey", before: key, after: nil)
        let receipt = try record(.deleted, app, [gone], now, on: connection)
        guard app.components.isMigrated else {
            try AppRecords.delete(app.id, noted: receipt, on: connection)
            return .deleted
        }
        try AppRecords.endGrants(of: app.id, now: now, on: connection)
        try AppRecords.deleteConsents(of: app.id, on: connection)
        try AppRecords.keepConnectedApp(app.id, noted: receipt, on: connection)
        return .connectedAppReactivated
    }

    /// Blocks a connected app: its sessions end and no new one is made (facts: app-model 6.3).
    ///
    /// - Throws: ``Refusal`` for an external client app, which has policies for that, and for one that is blocked already.
    public func block(_ app: AppRecords.Stored, on connection: any Connection) throws {
        try requireConnectedApp(app, "blocked", remedy: "set isEnabled of its app policies to false")
        guard app.blockedAt == nil else { throw Refusal(description: "'\(name(app))' is blocked already") }
        let now = try begin(on: connection)
        let change = AuditChange("isBlocked", before: "false", after: "true")
        let receipt = try record(.updated, app, [change], now, on: connection)
        try AppRecords.endGrants(of: app.id, now: now, on: connection)
        try AppRecords.setBlocked(now, of: app.id, noted: receipt, on: connection)
    }

    /// Lifts the block of a connected app; what it ended stays ended.
    ///
    /// - Throws: ``Refusal`` for an app that is not blocked.
    public func unblock(_ app: AppRecords.Stored, on connection: any Connection) throws {
        try requireConnectedApp(app, "unblocked", remedy: "set isEnabled of its app policies to true")
        guard app.blockedAt != nil else { throw Refusal(description: "'\(name(app))' is not blocked") }
        let now = try begin(on: connection)
        let change = AuditChange("isBlocked", before: "true", after: "false")
        let receipt = try record(.updated, app, [change], now, on: connection)
        try AppRecords.setBlocked(nil, of: app.id, noted: receipt, on: connection)
    }

    /// Installs a connected app in its org or takes the installation back. Without it, only those use the app who did before or who
    /// have the permission Approve Uninstalled Connected Apps (facts: app-model 6.3).
    ///
    /// - Throws: ``Refusal`` for an external client app, and where nothing would change.
    public func setInstalled(_ isInstalled: Bool, _ app: AppRecords.Stored, on connection: any Connection) throws {
        try requireConnectedApp(
            app,
            isInstalled ? "installed" : "uninstalled",
            remedy: "it is closed by default and comes into other orgs by a package"
        )
        guard app.isInstalled != isInstalled else {
            throw Refusal(description: "'\(name(app))' is \(isInstalled ? "installed already" : "not installed")")
        }
        let now = try begin(on: connection)
        let change = AuditChange("isInstalled", before: "\(app.isInstalled)", after: "\(isInstalled)")
        let receipt = try record(.updated, app, [change], now, on: connection)
        try AppRecords.setInstalled(isInstalled, of: app.id, noted: receipt, on: connection)
    }

    /// Gives an app the answers of the standards where those of the original are known to break standard clients, or takes them back.
    ///
    /// - Throws: ``Refusal`` where nothing would change.
    public func setStandardAnswers(_ isOn: Bool, _ app: AppRecords.Stored, on connection: any Connection) throws {
        guard app.hasStandardAnswers != isOn else {
            throw Refusal(description: "'\(name(app))' has standard answers \(isOn ? "on" : "off") already")
        }
        let now = try begin(on: connection)
        let change = AuditChange("hasStandardAnswers", before: "\(app.hasStandardAnswers)", after: "\(isOn)")
        let receipt = try record(.updated, app, [change], now, on: connection)
        try AppRecords.setStandardAnswers(isOn, of: app.id, noted: receipt, on: connection)
    }

    /// Makes an external client app of a connected app. Id, consumers, tokens and consents are those of before, so no client notices;
    /// the connected app is read-only from then on (facts: app-model 10).
    ///
    /// - Throws: ``Refusal``, and `MetadataErrors` with everything that has no counterpart.
    public func migrate(_ app: AppRecords.Stored, on connection: any Connection) throws {
        guard app.kind == .connectedApp, let document = app.components.connectedApp else {
            throw Refusal(description: "'\(name(app))' is an external client app already")
        }
        guard app.blockedAt == nil else {
            throw Refusal(description: "'\(name(app))' is blocked; first: signet app unblock \(name(app))")
        }
        guard app.isInstalled else {
            throw Refusal(
                description:
                    "only local connected apps can be migrated, and '\(name(app))' is not installed; first: signet app install \(name(app))"
            )
        }
        do {
            try EditionFeature.externalClientApps.require(org.edition)
        } catch {
            throw Refusal(description: error.description)
        }
        guard try !CreationRules.hasOptedOut(org, on: connection) else {
            throw Refusal(description: CreationRules.optOut)
        }
        var migrated = try document.migrated(developerName: name(app))
        // An external client app has none by the scopes that name it: it names them.
        let scopes = try OrgDocuments.customScopes(org: org.id, on: connection).filter { $0.isAssigned(to: name(app)) }
        if !scopes.isEmpty {
            let names = scopes.map(\.developerName).joined(separator: ", ")
            migrated.oauthPolicies?.record.commaSeparatedCustomScopes = names
        }
        let problems = AppRules.problems(of: migrated, existsAlready: false)
        guard problems.isEmpty else { throw MetadataErrors(errors: problems) }
        try DocumentNames.requireFree(migrated, over: app, org: org.id, on: connection)
        let now = try begin(on: connection)
        let change = AuditChange(
            "kind",
            before: AppKind.connectedApp.rawValue,
            after: AppKind.externalClientApp.rawValue
        )
        let receipt = try record(.migrated, app, [change], now, on: connection)
        try AppRecords.migrate(app.id, to: migrated, noted: receipt, by: actor, now: now, on: connection)
    }

    private func requireNoPackage(_ app: AppRecords.Stored, on connection: any Connection) throws {
        guard !app.isPartOfServer else {
            throw Refusal(
                description:
                    "'\(name(app))' is part of Signet and is not deleted: isEnabled false in its app policies switches it off"
            )
        }
        guard !app.isFromPackage else {
            throw Refusal(description: "'\(name(app))' came from a package: signet package uninstall \(name(app))")
        }
        let installers = try PackageRecords.installers(of: app.id, on: connection)
        guard installers.isEmpty else {
            throw Refusal(
                description:
                    "'\(name(app))' keeps the consumer of those who installed its package (\(installers.joined(separator: ", "))): uninstall it there first"
            )
        }
    }

    /// Waits until no other change of the org is under way.
    ///
    /// - Returns: the time then.
    private func begin(on connection: any Connection) throws -> Timestamp {
        try AuditTrail.serialize(org.id, on: connection)
        return clock()
    }

    private func name(_ app: AppRecords.Stored) -> String { app.components.developerName }

    private func requireConnectedApp(_ app: AppRecords.Stored, _ verb: String, remedy: String) throws(Refusal) {
        guard app.kind == .connectedApp else {
            throw Refusal(
                description: "'\(name(app))' is an external client app, and only connected apps are \(verb): \(remedy)"
            )
        }
    }

    private func record(
        _ action: AuditAction,
        _ app: AppRecords.Stored,
        _ changes: [AuditChange],
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> AuditTrail.Receipt {
        try AuditTrail.record(
            AuditEvent(
                org: org.id,
                at: now,
                actor: actor,
                action: action,
                subjectKind: app.kind.metadataType.rawValue,
                subjectName: name(app),
                changes: changes
            ),
            on: connection
        )
    }
}
