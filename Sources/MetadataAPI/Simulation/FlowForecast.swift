import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What of the flows of an app is allowed by one version of it and refused by the next, for everybody.
struct FlowForecast {
    let before: EffectiveApp
    let after: EffectiveApp
    let org: Org

    /// Why one version of an app refuses a flow to everybody.
    private typealias Obstacle = (element: String, reason: String)

    func refusals(on connection: any Connection) throws -> [ForeseenRefusal] {
        if let obstacle = Self.obstacle(of: after) {
            // Nothing else is worth a word.
            return Self.obstacle(of: before) == nil
                ? [ForeseenRefusal(.everything, obstacle.element, obstacle.reason)] : []
        }
        guard Self.obstacle(of: before) == nil else { return [] }
        return try flows(on: connection) + webServerConditions + clientConditions + scopeConditions
            + addressConditions(on: connection)
    }

    private func flows(on connection: any Connection) throws -> [ForeseenRefusal] {
        let runAs = try after.runAsUser.flatMap { try Users.account($0, on: connection) }
        let wasRunAs = try before.runAsUser.flatMap { try Users.account($0, on: connection) }
        let flows: [(ForeseenRefusal.Subject, Obstacle?, Obstacle?)] = [
            (.webServerFlow, Self.webServer(before), Self.webServer(after)),
            (.refreshTokenFlow, Self.refresh(before), Self.refresh(after)),
            (.clientCredentialsFlow, Self.clientCredentials(before, wasRunAs), Self.clientCredentials(after, runAs)),
            (.jwtBearerFlow, Self.jwtBearer(before), Self.jwtBearer(after)),
        ]
        return flows.compactMap { subject, was, becomes in
            guard was == nil, let becomes else { return nil }
            return ForeseenRefusal(subject, becomes.element, becomes.reason)
        }
    }

    private static func obstacle(of app: EffectiveApp) -> Obstacle? {
        if !app.isEnabled { return ("isEnabled", "The app would be off.") }
        if !app.isOAuthEnabled { return ("isOauthPluginEnabled", "OAuth would be off for the app.") }
        if app.requiredSessionLevel == .highAssurance {
            return ("requiredSessionLevel", "HIGH_ASSURANCE refuses every flow: this server has no second factor.")
        }
        return nil
    }

    private static func webServer(_ app: EffectiveApp) -> Obstacle? {
        app.callbackURLs.isEmpty ? ("callbackUrl", "The app would have no callback URL.") : nil
    }

    private static func refresh(_ app: EffectiveApp) -> Obstacle? {
        if app.refreshTokenPolicy == .zero { return ("refreshTokenPolicyType", "Nobody would get a refresh token.") }
        guard isRefreshable(app) else {
            return ("commaSeparatedOauthScopes", "Nobody would get a new refresh token without RefreshToken.")
        }
        return nil
    }

    private static func isRefreshable(_ app: EffectiveApp) -> Bool {
        app.scopes.contains(.refreshToken) || app.scopes.contains(.offlineAccess)
    }

    private static func clientCredentials(_ app: EffectiveApp, _ runAs: AccountRecord?) -> Obstacle? {
        let element = "isClientCredentialsFlowEnabled"
        if !app.isClientCredentialsAllowedBySettings { return (element, "The developer's flag would be off.") }
        if !app.isClientCredentialsAllowedByPolicy { return (element, "The admin's flag would be off.") }
        guard let runAs else { return ("clientCredentialsFlowUser", "There would be no run-as user.") }
        guard runAs.isAPIOnly, runAs.user.isActive, !runAs.user.isFrozen else {
            return (
                "clientCredentialsFlowUser", "The run-as user \(runAs.user.username) is not API Only, or not usable."
            )
        }
        guard APIAccessForecast.isAllowed(runAs, app) else {
            return ("permittedUsersPolicyType", APIAccessForecast.reason(of: "The run-as user \(runAs.user.username)"))
        }
        guard !app.scopes.subtracting([.full, .web, .refreshToken, .offlineAccess]).isEmpty else {
            return ("commaSeparatedOauthScopes", "No scope would be left for this flow.")
        }
        return nil
    }

    private static func jwtBearer(_ app: EffectiveApp) -> Obstacle? {
        guard app.isJWTBearerFlowEnabled else { return ("certificate", "The app would have no certificate.") }
        guard isRefreshable(app) else {
            return ("commaSeparatedOauthScopes", "This flow needs the scope RefreshToken.")
        }
        guard !app.scopes.subtracting([.refreshToken, .offlineAccess]).isEmpty else {
            return ("commaSeparatedOauthScopes", "No scope would be left for this flow.")
        }
        return nil
    }

    private var webServerConditions: [ForeseenRefusal] {
        var refusals = before.callbackURLs.filter { !after.callbackURLs.contains($0) }.map { url in
            ForeseenRefusal(.webServerFlow, "callbackUrl", "Sign-ins that return to \(url) would be refused.")
        }
        if after.isPKCERequired, !before.isPKCERequired {
            refusals.append(
                ForeseenRefusal(.webServerFlow, "isPkceRequired", "Sign-ins without a code challenge would be refused.")
            )
        }
        if after.isSecretRequiredForWebServerFlow, !before.isSecretRequiredForWebServerFlow {
            refusals.append(
                ForeseenRefusal(
                    .webServerFlow,
                    "isConsumerSecretOptional",
                    "Codes would not be exchanged without the consumer secret."
                )
            )
        }
        return refusals
    }

    private var clientConditions: [ForeseenRefusal] {
        var refusals: [ForeseenRefusal] = []
        if after.isSecretRequiredForRefreshToken, !before.isSecretRequiredForRefreshToken {
            refusals.append(
                ForeseenRefusal(
                    .refreshTokenFlow,
                    "isSecretRequiredForRefreshToken",
                    "Refresh tokens would not be taken without the consumer secret."
                )
            )
        }
        if before.isIntrospectAllTokens, !after.isIntrospectAllTokens {
            refusals.append(
                ForeseenRefusal(
                    .introspection,
                    "isIntrospectAllTokens",
                    "Tokens of other apps would not be told about."
                )
            )
        }
        if let old = before.certificate, let new = after.certificate, old.modulus != new.modulus {
            refusals.append(
                ForeseenRefusal(
                    .clientAuthentication,
                    "certificate",
                    "Assertions signed with the key of the present certificate would be refused."
                )
            )
        } else if before.certificate != nil, after.certificate == nil {
            refusals.append(
                ForeseenRefusal(
                    .clientAuthentication,
                    "certificate",
                    "Clients could not prove themselves by private_key_jwt."
                )
            )
        }
        return refusals + pairs
    }

    /// Pairs of key and secret that a rotation of this deployment would end.
    private var pairs: [ForeseenRefusal] {
        let (old, new) = (before.consumers.first { $0.state == .active }, after.consumers.first { $0.state == .active })
        guard let old, let new else { return [] }
        if old.key != new.key {
            return [
                ForeseenRefusal(
                    .clientAuthentication,
                    "shouldRotateConsumerKey",
                    "Clients with the present consumer key would be refused."
                )
            ]
        }
        guard old.secretDigest != new.secretDigest else { return [] }
        return [
            ForeseenRefusal(
                .clientAuthentication,
                "shouldRotateConsumerSecret",
                "Clients with the present consumer secret would be refused."
            )
        ]
    }

    private var scopeConditions: [ForeseenRefusal] {
        before.scopes.scopes.filter { !after.scopes.covers($0) }.map { scope in
            ForeseenRefusal(
                .scope,
                "commaSeparatedOauthScopes",
                "Requests for the scope \(scope.name) would be refused, and no token would have it."
            )
        }
    }

    /// Requests from elsewhere than the IP ranges allow, as far as there are any ranges.
    private func addressConditions(on connection: any Connection) throws -> [ForeseenRefusal] {
        try allowlistConditions + rangeConditions(on: connection)
    }

    /// Exchanges from elsewhere than an allowlist that is new or does not have all of the ranges of the one before.
    private var allowlistConditions: [ForeseenRefusal] {
        let (old, new) = (before.refreshTokenIPAllowlist, after.refreshTokenIPAllowlist)
        let isWithin = { (range: IPRange) in new.contains { $0.contains(range.start) && $0.contains(range.end) } }
        guard !new.isEmpty, old.isEmpty || !old.allSatisfy(isWithin) else { return [] }
        return [
            ForeseenRefusal(
                .refreshTokenFlow,
                "tokenIpRanges",
                "Exchanges of codes and refresh tokens from elsewhere than \(new.map(\.description).joined(separator: ", ")) would be refused."
            )
        ]
    }

    private func rangeConditions(on connection: any Connection) throws -> [ForeseenRefusal] {
        let isBound: [IPRelaxation: Int] = [.bypass: 0, .bypassTwoFactor: 1, .enforceRelaxRefresh: 1, .enforce: 2]
        guard (isBound[after.ipRelaxation] ?? 0) > (isBound[before.ipRelaxation] ?? 0) else { return [] }
        let profiles = try Profiles.all(org: org.id, on: connection).filter { !$0.loginIPRanges.isEmpty }
        guard !org.trustedIPRanges.isEmpty || !profiles.isEmpty else { return [] }
        return [
            ForeseenRefusal(
                .everything,
                "ipRelaxationPolicyType",
                "Requests from outside the IP ranges of the org and of the users' profiles would be refused."
            )
        ]
    }
}
