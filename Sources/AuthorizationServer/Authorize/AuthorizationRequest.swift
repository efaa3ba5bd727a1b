import ClientApps
import OAuthTypes
import Orgs

/// An authorization request that passed its checks (RFC 6749 section 4.1.1): what sign-in and consent are for, frozen.
struct AuthorizationRequest: Sendable {
    let consumerKey: String
    let redirect: ValidatedRedirect
    let scopes: ScopeSet
    let state: String?
    let nonce: String?
    let codeChallenge: String?
    let prompts: Set<Prompt>
    let loginHint: String?
    /// The greatest age of the sign-in, in seconds (OpenID Connect Core section 3.1.2.1).
    let maxAge: Int64?
    /// `immediate` of the original: like `prompt=none`, with an error code of its own.
    let isImmediate: Bool

    /// Checks the parameters that a validated redirect may be told about.
    ///
    /// - Throws: the error to redirect with.
    init(_ fields: FormFields, app: EffectiveApp, consumerKey: String, redirect: ValidatedRedirect, org: Org)
        throws(OAuthError)
    {
        try fields.refuseRepetition(except: ["resource"])
        try Self.requireLengths(fields)
        let responseType = try fields.required("response_type")
        guard ResponseType(rawValue: responseType) != nil else {
            throw OAuthError(.unsupportedResponseType, "response type not supported; use response_type=code.")
        }
        for unsupported in ["request", "request_uri"] where try fields.value(unsupported) != nil {
            throw OAuthError(
                .invalidRequest,
                "The parameter '\(unsupported)' is not supported; send the parameters themselves."
            )
        }
        if let mode = try fields.value("response_mode"), mode != "query" {
            throw OAuthError(.invalidRequest, "response_mode must be query; or leave it out.")
        }
        self.consumerKey = consumerKey
        self.redirect = redirect
        self.scopes = try Self.scopes(fields, app)
        self.state = try fields.value("state")
        self.nonce = try fields.value("nonce")
        self.codeChallenge = try PKCE.challenge(
            try fields.value("code_challenge"),
            method: try fields.value("code_challenge_method")
        )
        if codeChallenge == nil, app.isPKCERequired || org.isPKCERequired {
            throw OAuthError(
                .invalidRequest,
                "PKCE is required for this app: send code_challenge, the S256 of a fresh verifier (RFC 7636)."
            )
        }
        self.prompts = try Self.prompts(fields)
        self.loginHint = try fields.value("login_hint")
        self.maxAge = try Self.maxAge(fields)
        self.isImmediate = try fields.value("immediate") == "true"
    }

    /// The texts that the pages carry along, sealed, and what each may have at most, in bytes.
    private static let longest = [("state", 8_192), ("nonce", 1_024), ("login_hint", 256)]

    private static func requireLengths(_ fields: FormFields) throws(OAuthError) {
        for (name, limit) in longest where try (fields.value(name) ?? "").utf8.count > limit {
            throw OAuthError(
                .invalidRequest,
                "The parameter '\(name)' is longer than \(limit) bytes; keep long data in your application and send a key to it."
            )
        }
    }

    private static func scopes(_ fields: FormFields, _ app: EffectiveApp) throws(OAuthError) -> ScopeSet {
        let requested = try ScopeSet(parsing: try fields.value("scope") ?? "")
        // All of the app's scopes, with one of the two names that mean the same.
        guard !requested.isEmpty else {
            return app.scopes.contains(.refreshToken) ? app.scopes.subtracting([.offlineAccess]) : app.scopes
        }
        guard app.scopes.covers(requested) else {
            throw OAuthError(
                .invalidScope,
                "A requested scope is not one of the app's; the app has: \(app.scopes.text). Its developer adds scopes in the OAuth settings."
            )
        }
        return requested
    }

    private static func prompts(_ fields: FormFields) throws(OAuthError) -> Set<Prompt> {
        guard let text = try fields.value("prompt") else { return [] }
        var prompts: Set<Prompt> = []
        for word in text.split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(word)) else {
                throw OAuthError(
                    .invalidRequest,
                    "prompt must be made of \(Prompt.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            prompts.insert(prompt)
        }
        if prompts.contains(.none), prompts.count > 1 {
            throw OAuthError(.invalidRequest, "prompt=none must stand alone (OpenID Connect Core section 3.1.2.1).")
        }
        return prompts
    }

    private static func maxAge(_ fields: FormFields) throws(OAuthError) -> Int64? {
        guard let text = try fields.value("max_age") else { return nil }
        guard let seconds = Int64(text), seconds >= 0 else {
            throw OAuthError(.invalidRequest, "max_age must be a whole number of seconds.")
        }
        return seconds
    }

    /// Whether nothing may be shown to the user.
    var isSilent: Bool { prompts.contains(.none) || isImmediate }

    /// The answer when something would have to be shown.
    func silentRefusal(_ code: OAuthErrorCode, _ text: String) -> OAuthError {
        isImmediate ? OAuthError(.immediateUnsuccessful, text) : OAuthError(code, text)
    }

    /// Whether a sign-in of that time is recent enough.
    func accepts(authenticatedAt: Timestamp, now: Timestamp) -> Bool {
        guard let maxAge else { return true }
        return authenticatedAt + .seconds(min(maxAge, 1_000_000_000)) >= now
    }
}
