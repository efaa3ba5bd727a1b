import ClientApps
import OAuthTypes
import Orgs
import Tokens

/// An authorization request on its way through sign-in and consent, sealed under the master key and bound to one browser.
///
/// The pages carry it in a hidden field. Nobody else can make, read or change one, and in another browser it does not open, so
/// it is the proof against forged form posts as well (security: rows 10, 11 and 19).
struct Transaction: Sendable {
    let request: AuthorizationRequest
    /// The user whom the consent page showed; none before.
    let user: UserID?
    let startedAt: Timestamp
    /// The time of the sign-in that happened within this transaction, so that `prompt=login` asks once.
    let authenticatedAt: Timestamp?

    /// How long a page may stay open.
    static let lifetime = TimeSpan.minutes(30)

    func sealed(browser: BrowserBinding, _ masterKey: MasterKey) throws -> String {
        let plain = JSONWriter.object { json in
            json.member("client_id", request.consumerKey)
            json.member("redirect_uri", request.redirect.uri)
            json.member("scope", request.scopes.text)
            json.member("state", ifPresent: request.state)
            json.member("nonce", ifPresent: request.nonce)
            json.member("code_challenge", ifPresent: request.codeChallenge)
            json.member("prompt", request.prompts.map(\.rawValue).sorted().joined(separator: " "))
            json.member("login_hint", ifPresent: request.loginHint)
            if let maxAge = request.maxAge { json.member("max_age", maxAge) }
            json.member("user", ifPresent: user?.rawValue)
            json.member("started", startedAt.milliseconds)
            if let authenticatedAt { json.member("authenticated", authenticatedAt.milliseconds) }
        }
        return Base64URL.encode(try masterKey.seal(plain, context: browser.context))
    }

    /// Opens a transaction in the browser it was made for, and checks its request again with the app as it is now.
    ///
    /// - Throws: `invalid_request` for one that is not ours, is of another browser, or is too old.
    static func open(
        _ text: String,
        browser: BrowserBinding,
        _ masterKey: MasterKey,
        org: Org,
        now: Timestamp,
        app lookUp: (String) async throws -> EffectiveApp
    ) async throws -> (Transaction, EffectiveApp) {
        guard let sealed = Base64URL.decode(text), let plain = try? masterKey.open(sealed, context: browser.context),
            let members = try? JSONScanner.object(plain), let consumerKey = members["client_id"]?.string,
            case .integer(let started)? = members["started"]
        else { throw stale }
        let startedAt = Timestamp(milliseconds: started)
        guard now < startedAt + lifetime else { throw stale }
        let app = try await lookUp(consumerKey)
        let request = try AuthorizationRequest(members, app: app, consumerKey: consumerKey, org: org)
        return (
            Transaction(
                request: request,
                user: members["user"]?.string.map(UserID.init(stored:)),
                startedAt: startedAt,
                authenticatedAt: members["authenticated"]?.integer.map(Timestamp.init(milliseconds:))
            ),
            app
        )
    }

    /// The consumer key of the app that a transaction is for, which says nothing else of it.
    ///
    /// - Throws: `invalid_request` for one that is not ours or is of another browser.
    static func consumerKey(_ text: String, browser: BrowserBinding, _ masterKey: MasterKey) throws(OAuthError)
        -> String
    {
        guard let sealed = Base64URL.decode(text), let plain = try? masterKey.open(sealed, context: browser.context),
            let key = try? JSONScanner.object(plain)["client_id"]?.string
        else { throw stale }
        return key
    }

    private static let stale = OAuthError(
        .invalidRequest,
        "This page is too old, or was opened in another browser. Go back to the application and start again."
    )
}

extension AuthorizationRequest {
    /// Reads a frozen request; the policy is asked again with the app as it is now.
    fileprivate init(_ members: JSONObject, app: EffectiveApp, consumerKey: String, org: Org) throws(OAuthError) {
        var fields = [FormFields.Field(name: "response_type", value: ResponseType.code.rawValue)]
        for name in ["scope", "state", "nonce", "code_challenge", "prompt", "login_hint"] {
            if let value = members[name]?.string, !value.isEmpty { fields.append(.init(name: name, value: value)) }
        }
        if let maxAge = members["max_age"]?.integer { fields.append(.init(name: "max_age", value: String(maxAge))) }
        let redirect = try ValidatedRedirect(app: app, frozen: members["redirect_uri"]?.string ?? "")
        try self.init(FormFields(fields), app: app, consumerKey: consumerKey, redirect: redirect, org: org)
    }
}

/// What ties the pages of a transaction to one browser: the digest of a random cookie.
public struct BrowserBinding: Sendable {
    let context: String

    /// The binding of the browser that holds this cookie.
    public init(cookie: String) {
        self.context = "transaction " + Base64URL.encode(TokenDigest.sha256(cookie))
    }
}
