import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Whether a user may use an app now: asked at authorization, at every grant and whenever a token is shown.
enum UserGate {
    /// By which flow an app is used, as far as IP relaxations ask for it.
    enum Flow {
        /// The web server flow: its authorization and the exchange of its code.
        case webServer
        /// The exchange of a refresh token, which the web server flow alone gives.
        case refresh
        /// A flow without a browser: JWT bearer, client credentials.
        case machine
    }

    static let lockedText = "this org is locked: nobody can sign in or get a token; ask its operator."

    /// Every gate, in the order in which their refusals make sense.
    ///
    /// - Throws: `inactive_org`, and what the gates below throw.
    static func requireAllowed(
        _ account: AccountRecord,
        _ app: EffectiveApp,
        org: Org,
        source: IPAddress?,
        flow: Flow
    ) throws(OAuthError) {
        try requireStanding(account, app, org: org)
        try requirePermitted(account.user, app)
        try requireAllowedAddress(source, account, app, org: org, flow: flow)
    }

    /// The gates that every flow and every use of a token have in common.
    ///
    /// - Throws: `inactive_org`, `invalid_session_level`, `inactive_user` or `invalid_app_access`.
    static func requireStanding(_ account: AccountRecord, _ app: EffectiveApp, org: Org) throws(OAuthError) {
        guard org.isActive else { throw OAuthError(.inactiveOrg, lockedText) }
        try requireSessionLevel(app)
        try requireUsable(account.user)
        try requireAPIAccess(account, app)
    }

    /// Refuses a connected app that no admin approved, where the org has API access control, to who may not use any API client.
    ///
    /// - Throws: `invalid_app_access`.
    static func requireAPIAccess(_ account: AccountRecord, _ app: EffectiveApp) throws(OAuthError) {
        guard app.isKeptByAPIAccessControl else { return }
        do {
            try Action.bypassAPIAccessControl.require(account.permissions)
        } catch {
            throw OAuthError(
                .invalidAppAccess,
                "api access control: this org (enableAdminApprovedAppsOnly of ConnectedAppSettings) takes installed connected apps alone whose users an admin approved; ask the admin to install the app (signet app install) and to set its isAdminApproved, or for the permission \(Permission.useAnyAPIClient.fullLabel)."
            )
        }
    }

    /// Refuses an app that requires high assurance (facts: app-model 8.5): with no second factor there is no such session,
    /// so neither of the two policy actions can let anybody in.
    ///
    /// - Throws: `invalid_session_level`.
    static func requireSessionLevel(_ app: EffectiveApp) throws(OAuthError) {
        guard app.requiredSessionLevel != .highAssurance else {
            throw OAuthError(
                .invalidSessionLevel,
                "The app requires a high assurance session, and this server has no second factor to raise one with; the admin of the org sets requiredSessionLevel of the OAuth policies to STANDARD."
            )
        }
    }

    /// - Throws: `inactive_user` for a user who is inactive or frozen.
    static func requireUsable(_ user: User) throws(OAuthError) {
        guard user.isActive else {
            throw OAuthError(.inactiveUser, "The user is inactive; ask the admin of the org to activate the user.")
        }
        guard !user.isFrozen else {
            throw OAuthError(.inactiveUser, "The user is frozen; ask the admin of the org to unfreeze the user.")
        }
    }

    /// - Throws: `invalid_app_access` when the app is for users that its admin approved, and this one is not.
    static func requirePermitted(_ user: User, _ app: EffectiveApp) throws(OAuthError) {
        guard app.permits(user) else {
            throw OAuthError(.invalidAppAccess, "user is not admin approved to access this app")
        }
    }

    /// Applies the org's trusted IP ranges and the login IP ranges of the user's profile, as far as the app's IP relaxation asks for them.
    ///
    /// - Throws: `invalid_grant` for an address outside.
    static func requireAllowedAddress(
        _ source: IPAddress?,
        _ account: AccountRecord,
        _ app: EffectiveApp,
        org: Org,
        flow: Flow
    ) throws(OAuthError) {
        switch app.ipRelaxation {
        case .bypass: return
        case .enforceRelaxRefresh where flow == .refresh: return
        case .bypassTwoFactor where flow != .machine:
            // Without an activated device to rely on, the app's own trusted ranges are what may relax the rule. They are ranges of the web
            // server flow (facts: app-model 8.2, 9.4), whose refreshes count as part of it.
            if let source, app.trustedIPRanges.contains(where: { $0.contains(source) }) { return }
        case .enforce, .enforceRelaxRefresh, .bypassTwoFactor: break
        }
        guard isAllowedAddress(source, account, org: org) else {
            throw OAuthError(
                .invalidGrant,
                "ip restricted: the address of this request is outside the IP ranges of the org or the profile; ask the admin to add it or to relax IP restrictions for the app."
            )
        }
    }

    /// Whether an address is in the org's trusted IP ranges and in the login IP ranges of the user's profile, where there are any.
    static func isAllowedAddress(_ source: IPAddress?, _ account: AccountRecord, org: Org) -> Bool {
        [org.trustedIPRanges, account.profile.loginIPRanges].allSatisfy { ranges in
            ranges.isEmpty || source.map { source in ranges.contains { $0.contains(source) } } ?? false
        }
    }
}
