import ClientApps
import HTTPTypes
import Hummingbird
import NIOCore
import OAuthTypes
import SignetVerifier

/// Turns refusals into HTTP, for every kind of answer there is.
enum ErrorResponses {
    /// The answer of the token, introspection and revocation endpoints (RFC 6749 section 5.2).
    static func json(_ error: OAuthError, usedBasic: Bool) -> Response {
        let body = JSONWriter.object { json in
            json.member("error", error.code.rawValue)
            json.member("error_description", error.text)
        }
        var response = Responses.json(body, status: status(error, usedBasic: usedBasic))
        if response.status == .unauthorized {
            response.headers[.wwwAuthenticate] = #"Basic realm="signet", charset="UTF-8""#
        }
        if response.status == .serviceUnavailable { response.headers[.retryAfter] = "2" }
        return response
    }

    private static func status(_ error: OAuthError, usedBasic: Bool) -> HTTPResponse.Status {
        switch error.code {
        case .invalidClient, .invalidClientID: usedBasic ? .unauthorized : .badRequest
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }

    /// The answer of userinfo to a token that does not do (RFC 6750 section 3.1).
    static func bearer(_ error: OAuthError, realm: String, hadToken: Bool) -> Response {
        let status: HTTPResponse.Status =
            switch error.code {
            case .insufficientScope: .forbidden
            case .temporarilyUnavailable: .serviceUnavailable
            default: .unauthorized
            }
        let body = JSONWriter.object { json in
            json.member("error", error.code.rawValue)
            json.member("error_description", error.text)
        }
        var response = Responses.json(body, status: status)
        // Nothing is wrong with a token that could not be looked at: a client is not to throw it away.
        let isAboutToken = hadToken && status != .serviceUnavailable
        let challenge =
            isAboutToken
            ? BearerChallenge(realm: realm, error: error.code.rawValue, text: error.text)
            : BearerChallenge(realm: realm)
        response.headers[.wwwAuthenticate] = challenge.description
        if status == .serviceUnavailable { response.headers[.retryAfter] = "2" }
        return response
    }

    /// The answer of the identity URL to a token that does not do: a word as plain text, as clients of the original look for it.
    static func identity(_ word: String, status: HTTPResponse.Status = .forbidden) -> Response {
        Responses.bytes(Array(word.utf8), contentType: "text/plain;charset=UTF-8", status: status)
    }

    /// The answer of the REST resources: an array of one error (facts: clients section 1).
    static func rest(_ code: StatusCode, _ message: String, status: HTTPResponse.Status) -> Response {
        var body = JSONWriter()
        body.array { array in
            array.object { json in
                json.member("message", message)
                json.member("errorCode", code.rawValue)
            }
        }
        var response = Responses.json(body.bytes, status: status)
        if status == .serviceUnavailable { response.headers[.retryAfter] = "2" }
        return response
    }
}

/// Answers with the headers that every one of them has.
enum Responses {
    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        bytes(body, contentType: "application/json;charset=UTF-8", status: status)
    }

    static func bytes(_ body: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = Response(
            status: status,
            headers: [.contentType: contentType],
            body: .init(byteBuffer: ByteBuffer(bytes: body))
        )
        response.headers[.cacheControl] = "no-store"
        response.headers[.pragma] = "no-cache"
        return response
    }

    static func empty(_ status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.cacheControl: "no-store"])
    }

    /// Sends the browser elsewhere with GET, whatever it came with (RFC 9700 section 4.12).
    static func seeOther(_ url: String) -> Response {
        Response(status: .seeOther, headers: [.location: url, .cacheControl: "no-store"])
    }

    /// The headers of pages and documents alike.
    static func addSecurityHeaders(to response: inout Response, isSecure: Bool) {
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[HTTPField.Name.xRobotsTag] = "none"
        response.headers[HTTPField.Name.referrerPolicy] = "no-referrer"
        response.headers[HTTPField.Name.xFrameOptions] = "DENY"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        if isSecure {
            response.headers[.strictTransportSecurity] = "max-age=63072000; includeSubDomains"
        }
    }
}

extension HTTPField.Name {
    static let host = known("Host")
    static let xRobotsTag = known("X-Robots-Tag")
    static let referrerPolicy = known("Referrer-Policy")
    static let xFrameOptions = known("X-Frame-Options")
    static let pragma = known("Pragma")
    static let requestID = known("X-Request-ID")
    static let prettyPrint = known("X-PrettyPrint")
    static let secFetchSite = known("Sec-Fetch-Site")

    static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is no header name") }
        return field
    }
}
