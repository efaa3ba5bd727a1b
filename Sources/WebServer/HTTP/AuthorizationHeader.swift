import AuthorizationServer
import Foundation
import HTTPTypes
import Hummingbird
import OAuthTypes

/// Reads the `Authorization` header.
enum AuthorizationHeader {
    /// The credentials of the scheme Basic, each part form-decoded as RFC 6749 section 2.3.1 asks for.
    ///
    /// - Throws: `invalid_client` for a header of that scheme that is broken.
    static func basic(_ request: Request) throws(OAuthError) -> BasicCredentials? {
        guard let encoded = value(request, schemes: ["basic"]) else { return nil }
        guard let data = Data(base64Encoded: encoded), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":"), !text.utf8.contains(0)
        else {
            throw OAuthError(
                .invalidClient,
                "invalid client credentials: the Authorization header must be Basic base64(client_id:client_secret)."
            )
        }
        let key = decoded(String(text[..<colon]))
        let secret = decoded(String(text[text.index(after: colon)...]))
        guard !key.isEmpty else { return nil }
        return BasicCredentials(consumerKey: key, secret: Secret(secret))
    }

    /// The token of the scheme Bearer, or OAuth as older clients of the original write it.
    static func bearer(_ request: Request) -> String? {
        value(request, schemes: ["bearer", "oauth"])
    }

    /// The access token of the header, or of a parameter as the original takes it beside.
    ///
    /// - Throws: `invalid_request` for a parameter that is repeated.
    static func token(_ request: Request, _ fields: FormFields) throws(OAuthError) -> String? {
        if let token = bearer(request) { return token }
        if let token = try fields.value("oauth_token") { return token }
        return try fields.value("access_token")
    }

    private static func value(_ request: Request, schemes: Set<String>) -> String? {
        guard let header = request.headers[.authorization], let space = header.firstIndex(of: " "),
            schemes.contains(header[..<space].lowercased())
        else { return nil }
        let value = header[header.index(after: space)...].drop { $0 == " " }
        return value.isEmpty ? nil : String(value)
    }

    /// Clients that do not form-encode send keys and secrets as they are: a text without escapes is taken as it stands, a `+` too, which no
    /// key and no secret of ours has.
    private static func decoded(_ text: String) -> String {
        guard text.utf8.contains(0x25) else { return text }
        return (try? FormFields(urlEncoded: Array("v=\(text)".utf8)))?.fields.first?.value ?? text
    }
}
