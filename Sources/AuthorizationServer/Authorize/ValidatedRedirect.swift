import ClientApps
import OAuthTypes

/// A redirect URI that was found among the callback URLs of the app. Only ``ValidatedRedirect/init(app:presented:)`` makes one,
/// so a refusal that redirects cannot go anywhere else.
public struct ValidatedRedirect: Hashable, Sendable {
    /// The URI exactly as it was presented and registered.
    public let uri: String

    /// Compares the URI as it was presented with the registered ones, byte by byte (RFC 9700 section 2.1).
    ///
    /// - Throws: `redirect_uri_missing`, `redirect_uri_mismatch`.
    init(app: EffectiveApp, presented: String?) throws(OAuthError) {
        guard let presented else {
            throw OAuthError(
                .redirectURIMissing,
                "The parameter 'redirect_uri' is missing; send one of the app's callback URLs."
            )
        }
        guard RedirectURIRule.matches(registered: app.callbackURLs, presented: presented) else {
            throw OAuthError(
                .redirectURIMismatch,
                "redirect_uri must match configuration: it must be one of the app's callback URLs, character for character."
            )
        }
        self.uri = presented
    }

    /// Takes back a URI that was validated before it was sealed, and validates it again with the app as it is now.
    init(app: EffectiveApp, frozen: String) throws(OAuthError) {
        try self.init(app: app, presented: frozen)
    }

    /// Whether whoever listens there may be somebody else than the app: it has no secret to show, and came to a port of its machine that is
    /// not registered, which any other program, of any other user, may have taken. No consent of before is given to that one
    /// (RFC 8252 section 8.6).
    func isAnybodys(of app: EffectiveApp) -> Bool {
        !app.isSecretRequiredForWebServerFlow && !app.callbackURLs.contains(uri)
    }

    /// Where the browser is sent to, as a source of the pages' `form-action`: the origin of a web address, or the scheme of an app.
    public var formTarget: String? {
        guard let colon = uri.firstIndex(of: ":") else { return nil }
        guard uri.hasPrefix("https://") || uri.hasPrefix("http://") else { return String(uri[...colon]) }
        let start = uri.index(colon, offsetBy: 3)
        let end = uri[start...].firstIndex { "/?#".contains($0) } ?? uri.endIndex
        return String(uri[..<end])
    }

    /// The URI with parameters added to its query, each value percent-encoded.
    func adding(_ parameters: [(name: String, value: String?)]) -> String {
        var url = uri
        var separator: Character = uri.contains("?") ? "&" : "?"
        if uri.hasSuffix("?") || uri.hasSuffix("&") { separator = "\0" }
        for (name, value) in parameters {
            guard let value else { continue }
            if separator != "\0" { url.append(separator) }
            separator = "&"
            url += name + "=" + PercentEncoding.encode(value)
        }
        return url
    }
}
