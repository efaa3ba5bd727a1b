import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// Sessions of APIs that begin with a username and a password, as the original's SOAP login gives them. They are no tokens of an app:
/// no scope narrows them, and they end with the password, the user and their timeout.
public struct APISessions: Sendable {
    let server: AuthorizationServer

    /// What came of a sign-in.
    public enum Outcome: Sendable {
        /// The session id, for this one answer, and whose it is.
        case signedIn(Secret, AccountRecord, timeoutMinutes: Int)
        /// Why not: for the operator, and as far as the caller may know it.
        case refused(SignInRefusal)
    }

    /// Signs a user in, with the locks of the sign-in page.
    ///
    /// - Parameter isOrgNamed: whether the caller said which org. If it was found by the username, that nobody may sign in to it is not told,
    ///   and is no quicker: it would say that the user exists.
    public func signIn(
        username: String,
        password: Secret,
        source: IPAddress?,
        org: OrgState,
        isOrgNamed: Bool,
        now: Timestamp
    ) async throws -> Outcome {
        let id = org.org.id
        let settings = try await server.database.read { connection in
            try OrgSettings.document(.oauthOIDCSettings, org: id, on: connection)
        }
        var obstacle: SignInRefusal.Reason?
        if !org.org.isActive { obstacle = .inactiveUser }
        if case .oauthOIDCSettings(let oidc)? = settings?.content, oidc.blockOAuthUserPasswordFlow == true {
            obstacle = .passwordLoginBlocked
        }
        if !org.org.isAPIEnabled { obstacle = .apiDisabledForOrg }
        if let obstacle, isOrgNamed { return .refused(SignInRefusal(reason: obstacle, user: nil)) }
        let attempt = SignIn.Attempt(
            username: username,
            password: password,
            mark: nil,
            source: source,
            purpose: .api,
            isInVain: obstacle != nil
        )
        switch try await server.signIn.attempt(attempt, org: org, now: now) {
        case .refused(_, let refusal): return .refused(refusal)
        case .signedIn(let session):
            guard let account = try await server.directory.account(session.record.user) else {
                return .refused(SignInRefusal(reason: .unknownUser, user: session.record.user))
            }
            guard try await isLetInByAPIAccessControl(account) else {
                _ = try await end(session.cookie.revealed)
                return .refused(SignInRefusal(reason: .apiAccessControl, user: account.user.id))
            }
            return .signedIn(session.cookie, account, timeoutMinutes: session.record.timeoutMinutes)
        }
    }

    /// Whose session an id is, if it lives; use extends it.
    ///
    /// - Returns: `nil` where there is no such session, or its user may not use it any more.
    public func find(_ text: String, org: OrgState, now: Timestamp) async throws -> AccountRecord? {
        try await session(text, org: org, now: now)?.account
    }

    /// The session with an id and whose it is, as ``find(_:org:now:)`` has it.
    func session(_ text: String, org: OrgState, now: Timestamp) async throws -> (
        record: SessionRecord, account: AccountRecord
    )? {
        guard OpaqueToken.orgPart(of: text) == org.org.id.short else { return nil }
        let digest = Self.digest(of: text, server.masterKey)
        guard let session = try await server.sessions.find(digest: digest, now: now),
            let account = try await server.directory.account(session.user)
        else { return nil }
        let isUsable =
            session.org == org.org.id && org.org.isActive && account.user.isActive && !account.user.isFrozen
            && Self.mayUseAPI(account) && session.authenticatedAt > max(org.notBefore, account.notBefore)
        guard isUsable, try await isLetInByAPIAccessControl(account) else { return nil }
        return (session, account)
    }

    /// A session that is no app's is on no list of apps, so with API access control it is for those who may use any client (facts: app-model
    /// 1.10 and 4.2).
    private func isLetInByAPIAccessControl(_ account: AccountRecord) async throws -> Bool {
        if account.permissions.contains(.useAnyAPIClient) { return true }
        let org = account.user.org
        let settings = try await server.database.read { try OrgSettings.connectedApps(org: org, on: $0) }
        return settings.enableAdminApprovedAppsOnly != true
    }

    /// Ends a session, with those of browsers that it opened.
    ///
    /// - Returns: whether there was one.
    public func end(_ text: String) async throws -> Bool {
        let digest = Self.digest(of: text, server.masterKey)
        return try await server.database.write { connection in
            let wasThere = try Sessions.delete(digest: digest, on: connection)
            try Sessions.deleteAll(openedBySession: digest, on: connection)
            return wasThere
        }
    }

    static func mayUseAPI(_ account: AccountRecord) -> Bool {
        account.permissions.contains(.apiEnabled) || account.isAPIOnly
    }

    static func digest(of text: String, _ masterKey: MasterKey) -> [UInt8] {
        masterKey.authenticationCode(Array(text.utf8), purpose: "api session")
    }
}
