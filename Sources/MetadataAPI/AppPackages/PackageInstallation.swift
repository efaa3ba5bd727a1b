public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Installs, upgrades and uninstalls packages in an org. The developer's part comes from the package and is read-only there; policies
/// are the admin's and survive every version.
public struct PackageInstallation: Sendable {
    /// The org that it is installed in.
    public let org: Org
    /// Who does it.
    public let actor: AuditActor
    /// When.
    public let now: Timestamp
    let credentials: ConsumerCredentials

    /// An installation by somebody at a time.
    public init(org: Org, actor: AuditActor, now: Timestamp, masterKey: MasterKey) {
        (self.org, self.actor, self.now) = (org, actor, now)
        credentials = ConsumerCredentials(masterKey: masterKey)
    }

    /// What is asked for.
    public enum Request: Sendable {
        /// A new app with the consumer and the global settings of the app that the package was made of, which is on this server.
        case installAssociated
        /// A new app with a consumer and global settings of its own.
        case installDisassociated(GlobalOAuthSettings)
        /// Another version of an app that is there.
        case upgrade(allowsDowngrade: Bool)
    }

    /// An app as it is once a package was installed.
    public struct Installed: Sendable {
        /// The id of the app.
        public let id: AppID
        /// The consumer key.
        public let consumerKey: String?
        /// The secret of a consumer of its own that was just made; shown once.
        public let newSecret: Secret?
    }

    /// Rolls back a transaction in which something was done that nobody approved.
    public struct NotApproved: Error {
        /// What it would have done.
        public let plan: PackagePlan

        /// The refusal of somebody who approved something else.
        public let refusal = PackageRefusal.cannotBeInstalled(
            "the app or what it comes from was changed since the differences were shown; look at them again"
        )
    }

    /// Says what would be done, by doing it in a transaction that is rolled back.
    ///
    /// - Throws: ``PackageRefusal``, or the `MetadataError` of a document.
    public func plan(_ package: AppPackage, _ request: Request, in database: any Database) async throws -> PackagePlan {
        do {
            return try await database.write { connection in
                try perform(package, request, isApproved: { _ in false }, on: connection).plan
            }
        } catch let rolledBack as NotApproved {
            return rolledBack.plan
        }
    }

    /// Does what was approved; refuses if by now it would do something else.
    ///
    /// - Throws: ``PackageRefusal``, or the `MetadataError` of a document.
    public func perform(
        _ package: AppPackage,
        _ request: Request,
        approved: PackagePlan,
        in database: any Database
    ) async throws -> Installed {
        do {
            return try await database.write { connection in
                try perform(package, request, isApproved: { $0 == approved }, on: connection).installed
            }
        } catch let rolledBack as NotApproved {
            throw rolledBack.refusal
        }
    }

    /// Does something within a transaction, if it is approved once it is known what that is.
    ///
    /// - Throws: ``NotApproved`` where it is not, with which the transaction must end; ``PackageRefusal``, or the `MetadataError` of a document.
    public func perform(
        _ package: AppPackage,
        _ request: Request,
        isApproved: (PackagePlan) -> Bool,
        on connection: any Connection
    ) throws -> (plan: PackagePlan, installed: Installed) {
        let done = try perform(package, request, on: connection)
        guard isApproved(done.plan) else { throw NotApproved(plan: done.plan) }
        return done
    }

    /// Uninstalls an app that came from a package: every token, grant, consent and policy of it ends here. The org that made the package
    /// notices nothing.
    ///
    /// - Throws: ``PackageRefusal``.
    public func uninstall(_ app: AppRecords.Stored, on connection: any Connection) throws {
        try AuditTrail.serialize(org.id, on: connection)
        let name = app.components.developerName
        guard let package = try PackageRecords.installed(app.id, on: connection) else {
            throw PackageRefusal.cannotBeInstalled(
                "'\(name)' did not come from a package; an app of this org is deleted: signet app delete \(name)"
            )
        }
        let change = AuditChange("version", before: package.version, after: nil)
        let receipt = try record(.packageUninstalled, name, [change], on: connection)
        try AppRecords.delete(app.id, noted: receipt, on: connection)
    }

    // MARK: Steps

    private func perform(_ package: AppPackage, _ request: Request, on connection: any Connection) throws
        -> (plan: PackagePlan, installed: Installed)
    {
        // What is read of the org here must be what is written over.
        try AuditTrail.serialize(org.id, on: connection)
        try requireTrusted(package, on: connection)
        switch request {
        case .installAssociated, .installDisassociated:
            try requireFree(package, on: connection)
            return try install(package, request, on: connection)
        case .upgrade(let allowsDowngrade):
            let stored = try installation(of: package, on: connection)
            return try upgrade(package, stored, allowsDowngrade: allowsDowngrade, on: connection)
        }
    }

    private func install(_ package: AppPackage, _ request: Request, on connection: any Connection) throws
        -> (plan: PackagePlan, installed: Installed)
    {
        var app = package.components
        var pair: (consumer: Consumer, secret: Secret)?
        var isAssociated = true
        switch request {
        case .installDisassociated(let global):
            isAssociated = false
            app.oauth?.record.oauthLink = nil
            app.globalOAuth = .init(fullName: "\(app.developerName)_glbloauth", record: global)
            let given = GivenCredentials(key: global.consumerKey, secret: global.consumerSecret)
            try requireFreeKey(given.key, on: connection)
            pair = try credentials.pair(.active, key: given.key, secret: given.secret.map { Secret($0) }, now: now)
        default: try requireSource(of: package, on: connection)
        }
        app.addDefaultPolicies()
        if let defaults = package.defaults, let policies = app.oauthPolicies?.record {
            app.oauthPolicies?.record = try policies.overridden(by: defaults)
        }
        try requireRules(app)
        try DocumentNames.requireFree(app, org: org.id, on: connection)
        let scopes = try addScopes(package, on: connection)
        var randomness = SystemRandomNumberGenerator()
        let id = AppID.make(prefix: App.idPrefix, now: now, using: &randomness)
        let receipt = try note(.packageInstalled, package, from: nil, on: connection)
        try AppRecords.insert(
            app,
            id: id,
            org: org.id,
            consumer: pair?.consumer,
            by: actor,
            now: now,
            on: connection
        )
        let record = InstalledPackage(
            version: package.manifest.version.description,
            digest: package.digest,
            fingerprint: package.manifest.key.fingerprint,
            sourceOrg: package.manifest.sourceOrg,
            sourceApp: package.manifest.sourceApp,
            issuer: package.manifest.issuer,
            isAssociated: isAssociated,
            installedAt: now
        )
        try PackageRecords.save(record, app: id, noted: receipt, on: connection)
        let after = try explanation(id, on: connection)
        let plan = PackagePlan(
            step: .install,
            developerName: app.developerName,
            from: nil,
            to: record.version,
            differences: PackageDifferences.between(nil, after, package.components, nil) + scopes,
            suggestions: [],
            refusals: [],
            notices: after.notices
        )
        let installed = Installed(id: id, consumerKey: after.app.consumers.first?.key, newSecret: pair?.secret)
        return (plan, installed)
    }

    private func upgrade(
        _ package: AppPackage,
        _ stored: AppRecords.Stored,
        allowsDowngrade: Bool,
        on connection: any Connection
    ) throws -> (plan: PackagePlan, installed: Installed) {
        let present = try requireInstalled(stored, package, on: connection)
        let step = try step(from: present, to: package, allowsDowngrade: allowsDowngrade)
        let before = try AppRecords.explanation(stored, on: connection)
        var app = package.components
        if !present.isAssociated { app.oauth?.record.oauthLink = nil }
        (app.globalOAuth, app.oauthPolicies) = (stored.components.globalOAuth, stored.components.oauthPolicies)
        app.appPolicies = stored.components.appPolicies
        for (type, document) in stored.components.plugins where !PackageContents.types.contains(type) {
            app.plugins[type] = document
        }
        try requireRules(app)
        try DocumentNames.requireFree(app, over: stored, org: org.id, on: connection)
        let scopes = try addScopes(package, on: connection)
        let receipt = try note(.packageUpgraded, package, from: present.version, on: connection)
        try AppRecords.replace(
            PackageContents.types,
            with: app,
            over: stored,
            by: actor,
            now: now,
            on: connection
        )
        let record = present.upgraded(to: package, at: now)
        try PackageRecords.save(record, app: stored.id, noted: receipt, on: connection)
        let after = try explanation(stored.id, on: connection)
        let flows = try FlowForecast(before: before.app, after: after.app, org: org).refusals(on: connection)
        let grants = try GrantForecast(before: before.app, after: after.app, now: now, on: connection).refusals
        let plan = PackagePlan(
            step: step,
            developerName: app.developerName,
            from: present.version,
            to: package.manifest.version.description,
            differences: PackageDifferences.between(before, after, package.components, stored.components) + scopes,
            suggestions: PackageDifferences.suggestions(package.defaults, stored.components.oauthPolicies?.record),
            refusals: flows + grants,
            notices: after.notices
        )
        return (plan, Installed(id: stored.id, consumerKey: after.app.consumers.first?.key, newSecret: nil))
    }

    private func explanation(_ id: AppID, on connection: any Connection) throws -> AppExplanation {
        guard let stored = try AppRecords.find(id: id, on: connection) else {
            throw AppRecords.Missing(app: id.rawValue)
        }
        return try AppRecords.explanation(stored, on: connection)
    }
}
