import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Which recorded grants and which users one version of an app allows and the next refuses, each by its name.
struct GrantForecast: Sendable {
    private let before: EffectiveApp
    private let after: EffectiveApp
    private let now: Timestamp
    private let grants: [Authorizations.Grant]
    private let consents: [UserID: Consent]
    private let accounts: [AccountRecord]
    /// There may be tens of thousands of grants and of users.
    private let accountsByID: [UserID: AccountRecord]
    private let usersWithGrants: Set<UserID>

    init(before: EffectiveApp, after: EffectiveApp, now: Timestamp, on connection: any Connection) throws {
        (self.before, self.after, self.now) = (before, after, now)
        grants = try Authorizations.grants(app: after.id, on: connection)
        consents = try Consents.all(app: after.id, on: connection)
        accounts = try Users.all(org: after.org, on: connection)
            .filter { $0.user.isActive && !$0.user.isFrozen }
        accountsByID = Dictionary(accounts.map { ($0.user.id, $0) }) { first, _ in first }
        usersWithGrants = Set(grants.map(\.authorization.user))
    }

    var refusals: [ForeseenRefusal] {
        guard before.isEnabled, before.isOAuthEnabled else { return [] }
        guard after.isEnabled, after.isOAuthEnabled else { return grants.map(ended) }
        return users + grants.flatMap(refusals(of:)) + bearers
    }

    private func ended(_ grant: Authorizations.Grant) -> ForeseenRefusal {
        ForeseenRefusal(
            .everything,
            after.isEnabled ? "isOauthPluginEnabled" : "isEnabled",
            "The grant would be of no use while the app is off.",
            username: grant.username,
            grant: grant.authorization
        )
    }

    /// Users who may use the app, by an approval of theirs or of the admin, and might not any more.
    private var users: [ForeseenRefusal] {
        accounts.compactMap { account in
            guard isKnown(account.user), obstacle(of: account, before) == nil,
                let obstacle = obstacle(of: account, after)
            else { return nil }
            return ForeseenRefusal(
                .everything,
                "permittedUsersPolicyType",
                obstacle.reason(of: "The user"),
                username: account.user.username
            )
        }
    }

    /// Whether somebody uses the app, as far as anybody knows: those whom the admin named, and those who allowed it.
    private func isKnown(_ user: User) -> Bool {
        if case .adminApproved = before.permittedUsers { return true }
        return consents[user.id] != nil || usersWithGrants.contains(user.id)
    }

    private enum Obstacle {
        case notApproved
        case apiAccessControl

        func reason(of subject: String) -> String {
            switch self {
            case .notApproved: "\(subject) would not be admin approved: by neither profile nor permission set."
            case .apiAccessControl: APIAccessForecast.reason(of: subject)
            }
        }
    }

    /// What keeps a user from one version of the app. The run-as user of client credentials is approved by being named.
    private func obstacle(of account: AccountRecord, _ app: EffectiveApp) -> Obstacle? {
        guard app.permits(account.user) || app.runAsUser == account.user.id else { return .notApproved }
        return APIAccessForecast.isAllowed(account, app) ? nil : .apiAccessControl
    }

    private func refusals(of grant: Authorizations.Grant) -> [ForeseenRefusal] {
        let record = grant.authorization
        guard let account = accountsByID[record.user], obstacle(of: account, before) == nil else { return [] }
        if let obstacle = obstacle(of: account, after) {
            return [
                foreseen(.refreshTokenFlow, "permittedUsersPolicyType", obstacle.reason(of: "Its user"), grant)
            ]
        }
        if let issuedAt = grant.refreshTokenIssuedAt, isLive(record, issuedAt, before), !isLive(record, issuedAt, after)
        {
            let reason = "The refresh token policy \"\(after.refreshTokenPolicy)\" would have ended its refresh token."
            return [foreseen(.refreshTokenFlow, "refreshTokenPolicyType", reason, grant)]
        }
        let (has, keeps) = (record.scopes.narrowed(to: before.scopes), record.scopes.narrowed(to: after.scopes))
        let lost = has.scopes.filter { !keeps.covers($0) }.map(\.name)
        guard !lost.isEmpty else { return [] }
        let names = lost.joined(separator: ", ")
        return [
            keeps.isEmpty
                ? foreseen(.refreshTokenFlow, "commaSeparatedOauthScopes", "No scope of it would be left.", grant)
                : foreseen(.scope, "commaSeparatedOauthScopes", "It would lose the scopes \(names).", grant)
        ]
    }

    private func isLive(_ record: AuthorizationRecord, _ issuedAt: Timestamp, _ app: EffectiveApp) -> Bool {
        let end = app.refreshTokenEnd(
            authorizedAt: record.createdAt,
            lastUsedAt: record.lastUsedAt,
            issuedAt: issuedAt
        )
        return end.map { now < $0 } ?? true
    }

    private func foreseen(
        _ subject: ForeseenRefusal.Subject,
        _ element: String,
        _ reason: String,
        _ grant: Authorizations.Grant
    ) -> ForeseenRefusal {
        ForeseenRefusal(subject, element, reason, username: grant.username, grant: grant.authorization)
    }

    /// Users whom the admin's approval lets the app vouch for, and who have allowed nothing themselves.
    private var bearers: [ForeseenRefusal] {
        guard case .adminApproved = before.permittedUsers, case .selfAuthorized = after.permittedUsers,
            before.isJWTBearerFlowEnabled, after.isJWTBearerFlowEnabled
        else { return [] }
        let lost = accounts.filter { account in
            obstacle(of: account, before) == nil && before.permits(account.user)
                && obstacle(of: account, after) == nil && consents[account.user.id]?.offlineScopes.isEmpty != false
        }
        return lost.map { account in
            ForeseenRefusal(
                .jwtBearerFlow,
                "permittedUsersPolicyType",
                "The user has not allowed the app in a browser, and the admin's approval would be gone.",
                username: account.user.username
            )
        }
    }
}
