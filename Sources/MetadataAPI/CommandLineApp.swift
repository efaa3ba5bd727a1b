public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// The app that `signet login` signs in with: one public client (RFC 8252 section 8.5) that every org knows under the same consumer key,
/// so that nothing has to be registered first. Its settings come with the server; its policies are those of each org's admin, who sees
/// it among the apps and switches it off by them.
public enum CommandLineApp {
    /// Its developer name.
    public static let developerName = "SignetCLI"
    /// Its consumer key, in every org of every server.
    public static let consumerKey = "SignetCLI"
    /// Where the browser is sent to at the end: a port of this machine that is free at the time (RFC 8252 section 7.3).
    public static let callbackPath = "/callback"
    /// What it may be allowed to do: call the APIs, say whose it is, and go on without the user at hand.
    public static let scopes: [Scope] = [.api, .id, .refreshToken]

    /// Whether a document of the app comes with each release of the server; the others are the policies of each org's admin, who deploys
    /// them alone.
    public static func comesWithRelease(_ type: MetadataType) -> Bool {
        PackageContents.types.contains(type) || CreationRules.homeTypes.contains(type)
    }

    /// What became of the app in an org.
    public enum Outcome: Hashable, Sendable {
        /// It is there, as this release has it.
        case present
        /// The org, or the server, has an app of its own that has this name or this consumer key: it stays as it is.
        case taken
    }

    /// Makes the app of an org, or brings its settings to those of this release. Policies are made once and then left alone.
    ///
    /// The first org of a server owns the consumer; the others have theirs from it, as they would from a package.
    public static func keep(
        in org: OrgID,
        masterKey: MasterKey,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Outcome {
        let owner = try AppRecords.find(consumerKey: consumerKey, on: connection)
        if let owner, !owner.isPartOfServer { return .taken }
        guard let stored = try AppRecords.find(developerName: developerName, org: org, on: connection) else {
            try insert(in: org, owner, masterKey, actor, now, on: connection)
            return .present
        }
        guard stored.isPartOfServer else { return .taken }
        var wanted = stored.components
        (wanted.header, wanted.oauth) = (settings.header, settings.oauth)
        if stored.source == nil { wanted.globalOAuth = settings.globalOAuth }
        guard wanted != stored.components else { return .present }
        try AppRecords.save(wanted, over: stored, by: actor, now: now, on: connection)
        return .present
    }

    private static func insert(
        in org: OrgID,
        _ owner: AppRecords.Stored?,
        _ masterKey: MasterKey,
        _ actor: AuditActor,
        _ now: Timestamp,
        on connection: any Connection
    ) throws {
        var app = settings
        app.oauthPolicies = policies
        app.addDefaultPolicies()
        if owner != nil { app.globalOAuth = nil }
        // A public client has no use for the secret, which nobody is shown; the pair is what carries the key.
        let pair = try ConsumerCredentials(masterKey: masterKey).pair(.active, key: consumerKey, now: now)
        var randomness = SystemRandomNumberGenerator()
        try AppRecords.insert(
            app,
            id: AppID.make(prefix: App.idPrefix, now: now, using: &randomness),
            org: org,
            consumer: owner == nil ? pair.consumer : nil,
            source: owner?.id,
            by: actor,
            now: now,
            on: connection
        )
    }

    // MARK: Documents

    private static var settings: AppComponents {
        var header = ExternalClientApplication()
        (header.distributionState, header.label) = (.autoInstalled, "Signet CLI")
        header.description = "The command line of Signet: signet login."
        var app = AppComponents(developerName: developerName, header: header)
        app.globalOAuth = .init(fullName: "\(developerName)_glbloauth", record: globalSettings)
        var oauth = OAuthSettings()
        (oauth.externalClientApplication, oauth.label) = (developerName, "Signet CLI OAuth settings")
        oauth.commaSeparatedOAuthScopes = "Api, Basic, RefreshToken"
        app.oauth = .init(fullName: "\(developerName)_oauth", record: oauth)
        return app
    }

    /// A public client: PKCE in the place of a secret, and refresh tokens that change with each use (RFC 9700 section 4.14.2). Its access
    /// tokens are opaque: they are for this server alone, and no other one can take them.
    private static var globalSettings: GlobalOAuthSettings {
        var global = GlobalOAuthSettings()
        (global.externalClientApplication, global.label) = (developerName, "Signet CLI global OAuth settings")
        global.callbackURL = "http://127.0.0.1\(callbackPath)\nhttp://[::1]\(callbackPath)"
        (global.isConsumerSecretOptional, global.isSecretRequiredForRefreshToken) = (true, false)
        (global.isPKCERequired, global.isRefreshTokenRotationEnabled) = (true, true)
        global.isNamedUserJWTEnabled = false
        return global
    }

    private static var policies: AppComponents.Satellite<OAuthPolicies> {
        var record = OAuthPolicies()
        (record.externalClientApplication, record.label) = (developerName, "Signet CLI OAuth policies")
        (record.ipRelaxation, record.permittedUsersPolicyType) = (.enforce, .allSelfAuthorized)
        (record.refreshTokenPolicyType, record.refreshTokenValidityPeriod) = (.specificInactivity, 30)
        (record.refreshTokenValidityUnit, record.requiredSessionLevel) = (.days, .standard)
        return .init(fullName: "\(developerName)_oauthPlcy", record: record)
    }
}
