public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Creates and updates external client apps and connected apps from their metadata: all of them or none.
public struct AppDeployment: Sendable {
    private let masterKey: MasterKey
    private let credentials: ConsumerCredentials
    private let ignoreWarnings: Bool
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
        /// What was accepted and has no effect.
        public let warnings: [MetadataWarning]
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
        let existing = try AppRecords.all(org: org.id, on: connection)
        let names = Set(existing.map(\.components.comparableName))
        var errors: [MetadataError] = []
        var changes: [Change] = []
        for app in try AppFolder.read(files, existingApps: names) {
            do {
                changes.append(try deploy(app, from: files, org: org, now: now, on: connection))
            } catch let error as MetadataError {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw MetadataErrors(errors: errors) }
        return changes
    }

    /// Deploys one app that was read from some files within a transaction.
    ///
    /// - Throws: `MetadataError`, which names the file that it is about; what was written until then is the caller's to take back.
    func deploy(
        _ app: AppComponents,
        from files: [SourceFile],
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Change {
        do {
            let before = try AppRecords.find(developerName: app.developerName, org: org.id, on: connection)
            return try before.map { try update($0, with: app, org: org, now: now, on: connection) }
                ?? create(app, org: org, now: now, on: connection)
        } catch let error as MetadataError {
            throw error.located(in: app, files)
        }
    }

    private func create(
        _ given: AppComponents,
        org: Org,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Change {
        try CreationRules.require(given, org: org)
        var app = given
        if app.kind == .externalClientApp { app.addDefaultPolicies() }
        var randomness = SystemRandomNumberGenerator()
        let id = AppID.make(prefix: App.idPrefix, now: now, using: &randomness)
        let pair = try app.givenCredentials.map { try consumer($0, now: now) }
        try requireFreeKey(given.givenCredentials, on: connection)
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
                code: "DUPLICATE_VALUE",
                problem: "Another deployment has just taken the name '\(app.developerName)' or its consumer key.",
                remedy: "Deploy again."
            )
        }
        if given.givenCredentials?.key != nil {
            // A key that is chosen may have been that of an app that was deleted, whose JWTs live until they expire.
            try AppRecords.cutOff(id, at: now - TimeSpan(milliseconds: 1), on: connection)
        }
        return try change(id, .created, app, newSecret: pair?.newSecret, on: connection)
    }

    private func update(
        _ stored: AppRecords.Stored,
        with given: AppComponents,
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
        // What was given may be right alone and wrong beside what is there.
        if let problem = AppRules.problems(of: app, existsAlready: false).first { throw problem }
        var pair: (consumer: Consumer, newSecret: Secret?)?
        if stored.consumers.isEmpty, let credentials = app.givenCredentials {
            try requireFreeKey(credentials, on: connection)
            pair = try consumer(credentials, now: now)
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
        return try change(stored.id, .updated, app, newSecret: newSecret, on: connection)
    }

    /// Reads back what was written as the protocol will: names that mean nothing in this org are found here.
    private func change(
        _ id: AppID,
        _ kind: Change.Kind,
        _ app: AppComponents,
        newSecret: Secret?,
        on connection: any Connection
    ) throws -> Change {
        guard let state = try AppRecords.state(id: id, on: connection) else {
            throw AppRecords.Missing(app: app.developerName)
        }
        return Change(
            developerName: app.developerName,
            appKind: app.kind,
            id: id,
            kind: kind,
            consumerKey: state.app.consumers.first?.key,
            newSecret: newSecret,
            warnings: state.app.warnings
        )
    }

    private func consumer(
        _ given: GivenCredentials,
        now: Timestamp
    ) throws -> (consumer: Consumer, newSecret: Secret?) {
        let made = try credentials.pair(
            .active,
            key: given.key,
            secret: given.secret.map { Secret($0) },
            now: now
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

    private func requireConfirmedRotation(_ global: GlobalOAuthSettings?) throws(MetadataError) {
        guard let global, !ignoreWarnings else { return }
        let flags = [
            ("shouldRotateConsumerKey", "key", global.shouldRotateConsumerKey),
            ("shouldRotateConsumerSecret", "secret", global.shouldRotateConsumerSecret),
        ]
        guard let (element, part, _) = flags.first(where: { $0.2 == true }) else { return }
        throw MetadataError(
            element: element,
            code: "WARNING",
            problem:
                "The consumer \(part) is replaced at once: clients that have the present one are refused from then on.",
            remedy:
                "Deploy with ignoreWarnings to do it all the same, or stage a pair and rotate it in with an overlap."
        )
    }

    private func requireFreeKey(_ given: GivenCredentials?, on connection: any Connection) throws {
        guard let key = given?.key, try AppRecords.hasConsumer(key: key, on: connection) else { return }
        throw MetadataError(
            element: "consumerKey",
            code: "DUPLICATE_VALUE",
            problem: "The consumer key is already in use.",
            remedy: "Leave consumerKey out to have one made, or choose another."
        )
    }

    /// The original ignores a changed key silently; here it is refused, so that nobody believes it changed.
    private func requireUnchangedConsumer(_ stored: AppRecords.Stored, _ given: GivenCredentials?)
        throws(MetadataError)
    {
        guard let given, let consumer = stored.consumers.first(where: { $0.state == .active }) else { return }
        if let key = given.key, key != consumer.key {
            throw MetadataError(
                element: "consumerKey",
                code: "FIELD_INTEGRITY_EXCEPTION",
                problem: "The consumer key of an app cannot be changed by a deployment.",
                remedy: "Leave consumerKey out, or give the one that the app has."
            )
        }
        if let secret = given.secret,
            !Secret.constantTimeEqual(masterKey.digest(ofConsumerSecret: Secret(secret)), consumer.secretDigest)
        {
            throw MetadataError(
                element: "consumerSecret",
                code: "FIELD_INTEGRITY_EXCEPTION",
                problem: "The consumer secret of an app cannot be changed by a deployment.",
                remedy: "Leave consumerSecret out, or give the one that the app has."
            )
        }
    }
}

/// The consumer key and secret that documents bring; `nil` for what is to be made.
struct GivenCredentials: Sendable {
    let key: String?
    let secret: String?
}

extension AppComponents {
    /// What the documents bring; `nil` for an app without OAuth.
    var givenCredentials: GivenCredentials? {
        if kind == .connectedApp {
            return connectedApp?.oauthConfig.map { GivenCredentials(key: $0.consumerKey, secret: $0.consumerSecret) }
        }
        return globalOAuth.map { GivenCredentials(key: $0.record.consumerKey, secret: $0.record.consumerSecret) }
    }

    /// These components with those of another set in their places.
    func updated(with given: AppComponents) -> AppComponents {
        var merged = self
        if let header = given.header { merged.header = header }
        if let globalOAuth = given.globalOAuth { merged.globalOAuth = globalOAuth }
        if let oauth = given.oauth { merged.oauth = oauth }
        if let oauthPolicies = given.oauthPolicies { merged.oauthPolicies = oauthPolicies }
        if let appPolicies = given.appPolicies { merged.appPolicies = appPolicies }
        merged.plugins.merge(given.plugins) { _, new in new }
        if let connectedApp = given.connectedApp {
            merged.connectedApp = merged.connectedApp.map(connectedApp.keepingPolicies) ?? connectedApp
        }
        return merged
    }
}

extension MetadataError {
    /// The error with the file that has its element, where it names none.
    func located(in app: AppComponents, _ files: [SourceFile]) -> MetadataError {
        guard file.isEmpty else { return self }
        let names = app.documents.map(\.fullName)
        let owner = files.first { file in
            let base = file.path.split(separator: "/").last.map(String.init) ?? ""
            let isOfApp = names.contains { base.hasPrefix($0 + ".") }
            return isOfApp && element.map { file.bytes.firstRange(of: Array("<\($0)>".utf8)) != nil } ?? true
        }
        return MetadataError(
            file: owner?.path ?? app.developerName,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        ).onLine(of: owner)
    }
}
