import OAuthTypes
import Orgs

/// Looks for what an app's documents leave half done or say in vain. Both owners can be right alone and wrong together, which neither sees
/// in their own documents.
struct AppNotices {
    private(set) var all: [AppNotice] = []
    private let app: EffectiveApp

    init(
        _ app: EffectiveApp,
        _ components: AppComponents,
        _ identity: AppIdentity,
        _ org: Org,
        isRunAsUserAPIOnly: Bool?
    ) {
        self.app = app
        let policies = components.oauthPolicies?.record ?? OAuthPolicies()
        lookAtSwitches(components, identity)
        lookAtClientCredentials(isRunAsUserAPIOnly)
        lookAtJWTBearer()
        lookAtUsers(policies)
        lookAtLifetimes(policies)
        if components.globalOAuth?.record.isNamedUserJWTEnabled == true, app.tokenFormat == .opaque {
            add(
                .operator,
                "isNamedUserJwtEnabled",
                "It is on, and the \(org.edition.rawValue) Edition has no JWT access tokens of this kind of app: they are opaque."
            )
        }
    }

    private mutating func lookAtSwitches(_ components: AppComponents, _ identity: AppIdentity) {
        if identity.isBlocked {
            add(.admin, "isEnabled", "The app is blocked: nothing of it works until the admin unblocks it.")
        } else if !app.isEnabled {
            add(.admin, "isEnabled", "The app is off: nothing of it works until the admin sets isEnabled to true.")
        } else if components.globalOAuth == nil || components.oauth == nil {
            add(
                .developer,
                "externalClientApplication",
                "The app has no OAuth until the developer gives it both global and local OAuth settings."
            )
        } else if !app.isOAuthEnabled {
            add(
                .admin,
                "isOauthPluginEnabled",
                "OAuth is off for the app until the admin sets isOauthPluginEnabled to true."
            )
        }
        if !app.isInstalled {
            add(
                .admin,
                "isInstalled",
                "The app is not installed: only who used it before, or who has \(Permission.canApproveUninstalledApps.fullLabel), may use it."
            )
        }
    }

    private mutating func lookAtClientCredentials(_ isRunAsUserAPIOnly: Bool?) {
        let element = "isClientCredentialsFlowEnabled"
        switch (app.isClientCredentialsAllowedBySettings, app.isClientCredentialsAllowedByPolicy) {
        case (true, false):
            add(
                .admin,
                element,
                "Developer flag on, admin flag off: the admin must set it in the policies, with a run-as user, or the flow stays off."
            )
        case (false, true):
            add(
                .developer,
                element,
                "Admin flag on, developer flag off: the developer must set it in the settings, or the flow stays off."
            )
        case (true, true) where app.runAsUser == nil:
            add(
                .admin,
                "clientCredentialsFlowUser",
                "The client credentials flow is on and has no user: the admin must name one that is API Only."
            )
        case (true, true) where isRunAsUserAPIOnly == false:
            add(
                .admin,
                "clientCredentialsFlowUser",
                "The run-as user is not API Only, so the client credentials flow is refused: give the user the permission API Only User."
            )
        default: break
        }
        guard app.isClientCredentialsFlowEnabled,
            app.scopes.isEmpty(without: [.full, .web, .refreshToken, .offlineAccess])
        else { return }
        add(
            .developer,
            "commaSeparatedOauthScopes",
            "The client credentials flow needs a scope besides Full, Web and RefreshToken, such as Api."
        )
    }

    private mutating func lookAtJWTBearer() {
        guard app.isJWTBearerFlowEnabled else { return }
        let isRefreshable = app.scopes.contains(.refreshToken) || app.scopes.contains(.offlineAccess)
        if !isRefreshable {
            add(
                .developer,
                "commaSeparatedOauthScopes",
                "The certificate switches the JWT bearer flow on, which needs the scope RefreshToken: the developer must add it."
            )
        } else if app.scopes.isEmpty(without: [.refreshToken, .offlineAccess]) {
            add(
                .developer,
                "commaSeparatedOauthScopes",
                "The JWT bearer flow needs a scope besides RefreshToken, such as Api."
            )
        }
    }

    private mutating func lookAtUsers(_ policies: OAuthPolicies) {
        switch app.permittedUsers {
        case .adminApproved(let profiles, let permissionSets) where profiles.isEmpty && permissionSets.isEmpty:
            add(
                .admin,
                "permittedUsersPolicyType",
                "Only users that the admin approved may use the app, and no profile and no permission set is named: nobody may."
            )
        case .adminApproved: break
        case .selfAuthorized:
            let lists = [
                ("commaSeparatedProfile", policies.commaSeparatedProfile),
                ("commaSeparatedPermissionSet", policies.commaSeparatedPermissionSet),
            ]
            for (element, list) in lists where list?.trimmed.isEmpty == false {
                add(
                    .admin,
                    element,
                    "It is said in vain: everybody may approve the app, until permittedUsersPolicyType is AdminApprovedPreAuthorized."
                )
            }
        }
        if app.isKeptByAPIAccessControl {
            add(
                .admin,
                "permittedUsersPolicyType",
                "API access control of the org keeps the app from all who have not \(Permission.useAnyAPIClient.fullLabel), until it is installed and its users are approved by the admin."
            )
        }
        if app.requiredSessionLevel == .highAssurance {
            add(
                .admin,
                "requiredSessionLevel",
                "HIGH_ASSURANCE refuses every flow: this server has no second factor to raise a session with."
            )
        } else if app.policyAction != nil {
            add(
                .admin,
                "policyAction",
                "It is said in vain: every session has the level that requiredSessionLevel asks for."
            )
        }
    }

    private mutating func lookAtLifetimes(_ policies: OAuthPolicies) {
        if policies.namedUserJWTSessionTimeoutType == .userSession, policies.namedUserJWTTimeout != nil {
            add(
                .admin,
                "namedUserJwtTimeout",
                "It is said in vain beside UserSession: the session timeout of the user counts."
            )
        } else if app.tokenFormat == .opaque, app.jwtLifetime != .userSession {
            add(
                .admin,
                "namedUserJwtTimeout",
                "It is said in vain: the access tokens are opaque, and sessionTimeoutInMinutes counts."
            )
        }
        if app.tokenFormat == .jwt, app.opaqueSessionTimeoutMinutes != nil {
            add(
                .admin,
                "sessionTimeoutInMinutes",
                "It is said in vain: the access tokens are JWTs, and namedUserJwtTimeout counts."
            )
        }
        let isTimed = [.specificLifetime, .specificInactivity].contains(policies.refreshTokenPolicyType)
        if policies.refreshTokenPolicyType != nil, !isTimed, policies.refreshTokenValidityPeriod != nil {
            add(.admin, "refreshTokenValidityPeriod", "It is said in vain: this refresh token policy has no period.")
        }
        if app.refreshTokenPolicy == .zero, app.scopes.contains(.refreshToken) {
            add(
                .admin,
                "refreshTokenPolicyType",
                "Zero gives nobody a refresh token, though the app has the scope RefreshToken."
            )
        }
    }

    private mutating func add(_ owner: AppOwner, _ element: String, _ text: String) {
        all.append(AppNotice(owner: owner, element: ConnectedAppElement.name(element, app.kind), text: text))
    }
}

extension ScopeSet {
    /// Whether nothing is left without some scopes.
    fileprivate func isEmpty(without scopes: [Scope]) -> Bool { subtracting(scopes).isEmpty }
}
