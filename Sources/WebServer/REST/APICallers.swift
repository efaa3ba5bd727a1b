import AuthorizationServer
import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Who calls an API, by what they show: an access token of an app, or the session id that a login by password gave.
struct APICallers: Sendable {
    /// Why somebody may not call.
    enum Refusal: Error {
        case dead
        case lacksScope
        /// The operator has switched the APIs of the org off (facts: app-model 11.6).
        case disabledForOrg
        case failed(any Error)
    }

    static let disabledForOrgText =
        "API is not enabled for this Organization or Partner: the operator of the server switched it off; signet org set --api on lets it answer again."

    /// - Parameter scope: what opens the resource beside `full`.
    static func lacksScopeText(_ scope: Scope) -> String {
        "The token lacks the scope \(scope.name); authorize again with it, a refresh does not add scopes."
    }

    let server: AuthorizationServer

    /// - Parameter scope: what a token must be good for; a scope that includes it does.
    func live(
        _ text: String,
        _ org: OrgState,
        _ context: SignetRequestContext,
        for scope: Scope = .api
    ) async throws(Refusal) -> RESTRoutes.Live {
        let live = try await authentic(text, org, context, for: scope)
        guard org.org.isAPIEnabled else { throw .disabledForOrg }
        return live
    }

    private func authentic(
        _ text: String,
        _ org: OrgState,
        _ context: SignetRequestContext,
        for scope: Scope
    ) async throws(Refusal) -> RESTRoutes.Live {
        do {
            let token = try await server.liveness.check(text, org: org, now: context.now)
            guard token.scopes.covers(scope) else { throw Refusal.lacksScope }
            return RESTRoutes.Live(account: token.account, token: token, org: org)
        } catch let refusal as Refusal {
            throw refusal
        } catch let death as TokenLiveness.Death {
            if death == .unknown, let account = try await session(text, org, context) {
                return RESTRoutes.Live(account: account, token: nil, org: org)
            }
            context.note(death)
            throw .dead
        } catch {
            throw .failed(error)
        }
    }

    private func session(
        _ text: String,
        _ org: OrgState,
        _ context: SignetRequestContext
    ) async throws(Refusal) -> AccountRecord? {
        do {
            return try await server.apiSessions.find(text, org: org, now: context.now)
        } catch {
            throw .failed(error)
        }
    }
}
