import Crypto
import OAuthTypes

/// One attempt to sign in by the browser: what is sent there, and what has to come back (RFC 8252, RFC 7636, RFC 9207).
struct SignInAttempt: Sendable {
    let issuer: String
    let authorizationEndpoint: String
    private let state: String
    /// The verifier of PKCE, which is sent with the code alone.
    let verifier: Secret

    init(issuer: String, authorizationEndpoint: String, using randomness: inout some RandomNumberGenerator) {
        (self.issuer, self.authorizationEndpoint) = (issuer, authorizationEndpoint)
        state = RandomText.text(32, of: .base62, using: &randomness)
        verifier = Secret(RandomText.text(64, of: .base62, using: &randomness))
    }

    /// The address that the browser is opened at.
    func url(clientID: String, scopes: [Scope], redirectURI: String, username: String?) -> String {
        let challenge = Base64URL.encode(Array(SHA256.hash(data: Array(verifier.revealed.utf8))))
        var parameters = [
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI),
            ("scope", scopes.map(\.name).joined(separator: " ")), ("state", state), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ]
        if let username { parameters.append(("login_hint", username)) }
        let query = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return "\(authorizationEndpoint)?\(query)"
    }

    /// What the browser brought back.
    enum Callback: Sendable {
        /// It is not the answer to this attempt: somebody else sent it, or an older page did.
        case foreign
        case refused(String)
        case code(String)
    }

    /// Reads the query of the callback.
    func read(query: String) -> Callback {
        guard let fields = try? FormFields(urlEncoded: Array(query.utf8)), value("state", fields) == state else {
            return .foreign
        }
        // Another server's answer is not to be redeemed at this one (RFC 9207 section 2.4).
        guard value("iss", fields) == issuer else {
            return .refused("the answer is not of \(issuer): nothing was done with it")
        }
        if let error = value("error", fields) {
            let text = value("error_description", fields).map { " (\($0.printable))" } ?? ""
            return .refused("the server refused: \(error.printable)\(text)")
        }
        return value("code", fields).map { .code($0) } ?? .refused("the server answered no code")
    }

    private func value(_ name: String, _ fields: FormFields) -> String? { (try? fields.value(name)) ?? nil }
}

extension String {
    /// The text without characters that act on a terminal: what a server says is shown, and no more.
    var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        )
    }
}
