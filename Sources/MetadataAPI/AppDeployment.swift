public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Creates and updates external client apps and connected apps from their metadata: all of them or none.
public struct AppDeployment: Sendable {
    let masterKey: MasterKey
    private let credentials: ConsumerCredentials
    let ignoreWarnings: Bool
    private let actor: AuditActor

    /// A deployment that seals consumer secrets under a master key.
    ///
    /// - Parameters:
    ///   - ignoreWarnings: whether what would cut off clients at once is done: a rotation of key or secret (facts: app-model 7.2).
    ///   - actor: who deploys, for the audit trail.
    public init(masterKey: MasterKey, ignoreWarnings: Bool = false, actor: AuditActor) {
        self.masterKey = masterKey
        self.credentials = ConsumerCredentials(masterKey: masterKey)
        self.ignoreWarnings = ignoreWarnings
        self.actor = actor
    }

    /// What became of one app.
    public struct Change: Sendable {
        /// Whether the app was there before.
        public enum Kind: String, Sendable {
            case created
            case updated
        }

        /// The developer name of the app.
        public let developerName: String
        /// Which kind of app it is.
        public let appKind: AppKind
        /// The id of the app.
        public let id: AppID
        /// Whether the app was made or changed.
        public let kind: Kind
        /// The consumer key; `nil` for an app without OAuth.
        public let consumerKey: String?
        /// The secret of a consumer that was just made or rotated; it is shown once and never again.
        public let newSecret: Secret?
        /// What was accepted and has no effect, or another one than it says.
        public fileprivate(set) var warnings: [MetadataWarning]
        /// The app as it is now.
        let stored: AppRecords.Stored
    }

    /// Deploys the apps of some files within a transaction.
    ///
    /// - Throws: `MetadataErrors` with everything that is wrong; the caller's transaction then keeps nothing.
    public func deploy(
        _ files: [SourceFile],
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> [Change] {
        // What is read of the apps here must be what is written over.
        try AuditTrail.serialize(org.id, on: connection)
        let names = try AppRecords.names(org: org.id, on: connection)
        var errors: [MetadataError] = []
        var changes: [Change] = []
        for app in try AppFolder.read(files, existingApps: names) {
            do {
                let before = try AppRecords.find(developerName: app.developerName, org: org.id, on: connection)
                changes.append(try deploy(app, over: before, from: files, org: org, now: now, on: connection))
            } catch let error as MetadataError {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw MetadataErrors(errors: errors) }
        return changes
    }

    /// Deploys one app that was read from some files within a transaction.
    ///
    /// - Parameter before: the app of this name as it stands; `nil` if there is none.
    /// - Throws: `MetadataError`, which names the file that it is about; what was written until then is the caller's to take back.
    func deploy(
        _ app: AppComponents,
        over before: AppRecords.Stored?,
        from files: [SourceFile],
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Change {
        do {
            let binding = try OrgBinding(app, over: before, org: org, on: connection)
            var change =
                try before.map { try update($0, with: binding.app, from: files, org: org, now: now, on: connection) }
                ?? create(binding.app, from: files, org: org, now: now, on: connection)
            change.warnings += binding.notes
            return change
        } catch let error as MetadataError {
            throw error.located(in: app, files)
        }
    }

    private func create(
        _ given: AppComponents,
        from files: [SourceFile],
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Change {
        try CreationRules.require(given, org: org)
        if given.kind == .externalClientApp { try CreationRules.requireOptIn(org, on: connection) }
        var app = given
        if app.kind == .externalClientApp { app.addDefaultPolicies() }
        try DocumentNames.requireFree(app, from: files, org: org.id, on: connection)
        var randomness = SystemRandomNumberGenerator()
        let id = try AppID.make(prefix: App.idPrefix, now: now, using: &randomness) {
            try AppRecords.isTaken($0, on: connection)
        }
        let pair = try app.givenCredentials.map { try consumer($0, now: now, on: connection) }
        try requireFreeKey(given.givenCredentials, on: connection)
        try requireOwnSecret(given.givenCredentials, of: given.kind, org: org.id, on: connection)
        app = try PushCredentials(masterKey: masterKey).sealed(app, id: id)
        do {
            try AppRecords.insert(
                app,
                id: id,
                org: org.id,
                consumer: pair?.consumer,
                by: actor,
                now: now,
                on: connection
            )
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            // The names and the key were free a moment ago, in this transaction.
            throw MetadataError(
                code: .duplicateValue,
                problem: "Another deployment has just taken the name '\(app.developerName)' or its consumer key.",
                remedy: "Deploy again."
            )
        }
        return try change(id, .created, org, newSecret: pair?.newSecret, on: connection)
    }

    private func update(
        _ stored: AppRecords.Stored,
        with given: AppComponents,
        from files: [SourceFile],
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Change {
        try CreationRules.requireSameKind(stored, given)
        try CreationRules.requireOwnSettings(stored, given)
        try requireUnchangedConsumer(stored, given.givenCredentials)
        try requireConfirmedRotation(given.globalOAuth?.record)
        var app = stored.components.updated(with: given)
        if app.kind == .externalClientApp { app.addDefaultPolicies() }
        try CreationRules.requireEdition(app, before: stored.components, org: org)
        try DocumentNames.requireFree(app, over: stored, from: files, org: org.id, on: connection)
        // What was given may be right alone and wrong beside what is there.
        let problems = AppRules.problems(of: app, existsAlready: false)
        // A header that was not given says what the server wrote, which nobody may deploy.
        let isHeaderGiven = given.header != nil
        if let problem = problems.first(where: { isHeaderGiven || $0.element != "distributionState" }) { throw problem }
        app = try PushCredentials(masterKey: masterKey).sealed(app, id: stored.id, over: stored.components)
        var pair: (consumer: Consumer, newSecret: Secret?)?
        if stored.consumers.isEmpty, let credentials = app.givenCredentials {
            try requireFreeKey(credentials, on: connection)
            try requireOwnSecret(credentials, of: app.kind, org: org.id, on: connection)
            pair = try consumer(credentials, now: now, on: connection)
        }
        try AppRecords.save(
            app,
            over: stored,
            newConsumer: pair?.consumer,
            by: actor,
            now: now,
            on: connection
        )
        var newSecret = pair?.newSecret
        if pair == nil, let global = given.globalOAuth?.record {
            newSecret = try rotated(stored, global, now: now, on: connection)
        }
        return try change(stored.id, .updated, org, newSecret: newSecret, on: connection)
    }

    /// Reads back what was written as the protocol will: names that mean nothing in this org are found here.
    private func change(
        _ id: AppID,
        _ kind: Change.Kind,
        _ org: Org,
        newSecret: Secret?,
        on connection: any Connection
    ) throws -> Change {
        guard let stored = try AppRecords.find(id: id, on: connection) else {
            throw AppRecords.Missing(app: id.rawValue)
        }
        let explanation = try AppRecords.explanation(stored, on: connection)
        let app = explanation.app
        return Change(
            developerName: app.developerName,
            appKind: app.kind,
            id: id,
            kind: kind,
            consumerKey: app.consumers.first?.key,
            newSecret: newSecret,
            warnings: app.warnings + explanation.runAsWarnings,
            stored: stored
        )
    }

    private func consumer(
        _ given: GivenCredentials,
        now: Timestamp,
        on connection: any Connection
    ) throws -> (consumer: Consumer, newSecret: Secret?) {
        let made = try credentials.pair(
            .active,
            key: given.key,
            secret: given.secret.map { Secret($0) },
            now: now,
            unless: { try Credentials.isTaken($0, on: connection) }
        )
        return (made.consumer, made.secret)
    }

    /// Replaces key and secret as the flags of the document say.
    ///
    /// - Returns: the new secret, if there is one.
    private func rotated(
        _ stored: AppRecords.Stored,
        _ global: GlobalOAuthSettings,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Secret? {
        let (key, secret) = (global.shouldRotateConsumerKey == true, global.shouldRotateConsumerSecret == true)
        guard key || secret else { return nil }
        let made = try credentials.replace(stored, key: key, secret: secret, by: actor, now: now, on: connection)
        return secret ? made.secret : nil
    }
}
