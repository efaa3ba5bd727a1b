import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What the pages that ask the user are made of.
extension AuthorizationEndpoint {
    func signInPrompt(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ visitor: Visitor,
        _ org: OrgState,
        problem: String?,
        username: String? = nil
    ) throws -> SignInPrompt {
        SignInPrompt(
            orgName: org.org.name,
            appLabel: app.label,
            loginHint: username ?? transaction.request.loginHint,
            formTarget: transaction.request.redirect.formTarget,
            transaction: try transaction.sealed(browser: visitor.binding, server.masterKey),
            problem: problem
        )
    }

    func consentPrompt(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ account: AccountRecord,
        _ visitor: Visitor,
        _ org: OrgState
    ) throws -> ConsentPrompt {
        let shown = Transaction(
            request: transaction.request,
            user: account.user.id,
            startedAt: transaction.startedAt,
            authenticatedAt: transaction.authenticatedAt
        )
        return ConsentPrompt(
            orgName: org.org.name,
            appLabel: app.label,
            appDescription: app.description,
            appContact: app.contactEmail,
            username: account.user.username,
            displayName: account.user.displayName,
            scopes: transaction.request.scopes,
            customScopeLabels: app.customScopeLabels,
            redirectURI: transaction.request.redirect.uri,
            formTarget: transaction.request.redirect.formTarget,
            transaction: try shown.sealed(browser: visitor.binding, server.masterKey)
        )
    }
}
