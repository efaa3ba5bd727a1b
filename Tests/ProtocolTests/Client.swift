import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import OAuthTypes
import Testing

/// A client of the server: what it sends and what it reads.
struct Client: Sendable {
    let client: any TestClientProtocol
    /// The host that it names; `nil` for that of the first org.
    var host: String?

    /// The same client at another host.
    func at(_ host: String?) -> Client { Client(client: client, host: host) }

    /// The origin that it speaks to.
    var origin: String { host.map { "https://\($0)" } ?? TestServer.issuer }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: String

        var json: JSONObject { (try? JSONScanner.object(Array(body.utf8))) ?? JSONObject() }
        var error: String? { json["error"]?.string }
        var text: String? { json["error_description"]?.string }

        func string(_ name: String) throws -> String {
            try #require(json[name]?.string, "\(name) is missing in \(body)")
        }
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        var headers = headers
        if let host, headers[.testHost] == nil { headers[.testHost] = host }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let response = try await client.executeRequest(
            uri: path,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        return Answer(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
    }

    func get(_ path: String, bearer: String? = nil) async throws -> Answer {
        try await send(.get, path, headers: bearer.map { [.authorization: "Bearer \($0)"] } ?? [:])
    }

    /// Posts a form, by default with the consumer key and secret of ``AppMother`` as HTTP Basic.
    func post(_ path: String, _ form: [(String, String)], basic: (String, String)? = (AppMother.key, AppMother.secret))
        async throws -> Answer
    {
        var headers: HTTPFields = [:]
        if let basic { headers[.authorization] = "Basic " + Data("\(basic.0):\(basic.1)".utf8).base64EncodedString() }
        return try await send(.post, path, headers: headers, body: Self.encoded(form))
    }

    func token(_ form: [(String, String)], basic: (String, String)? = (AppMother.key, AppMother.secret)) async throws
        -> Answer
    {
        try await post("/services/oauth2/token", form, basic: basic)
    }

    static func encoded(_ form: [(String, String)]) -> String {
        form.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }

    /// The claims of a JWT, without a check.
    static func claims(_ token: String) throws -> JSONObject {
        let segments = token.split(separator: ".")
        let payload = try #require(segments.dropFirst().first)
        return try JSONScanner.object(try #require(Base64URL.decode(String(payload))))
    }

    // MARK: A person at a browser

    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    static func authorization(_ changes: [String: String?] = [:]) -> String {
        var parameters: [String: String?] = [
            "response_type": "code", "client_id": AppMother.key, "redirect_uri": AppMother.callback,
            "code_challenge": challenge,
            "state": "s t&1", "scope": "api refresh_token openid", "nonce": "n-1",
        ]
        for (name, value) in changes { parameters[name] = value }
        let form = parameters.compactMap { name, value in value.map { (name, $0) } }.sorted { $0.0 < $1.0 }
        return "/services/oauth2/authorize?" + encoded(form)
    }

    /// Signs in and allows; answers the parameters of the redirect.
    func authorize(
        _ changes: [String: String?] = [:],
        username: String = "ann@acme.example",
        password: String = TestServer.password,
        decision: String = "allow",
        callback: String = AppMother.callback
    ) async throws -> [String: String] {
        var browser = Browser(client: self)
        var answer = try await browser.get(Self.authorization(changes))
        if answer.status == 200 {
            answer = try await browser.submit("sign-in", answer, [("username", username), ("password", password)])
        }
        if answer.status == 200, answer.body.contains("decision") {
            answer = try await browser.submit("consent", answer, [("decision", decision)])
        }
        return try Self.redirect(answer, callback)
    }

    static func redirect(_ answer: Answer, _ callback: String = AppMother.callback) throws -> [String: String] {
        #expect(answer.status == 303, "\(answer.body)")
        let location = try #require(answer.headers[.location])
        #expect(location.hasPrefix(callback + "?"))
        let query = try FormFields(urlEncoded: Array(location.dropFirst(callback.utf8.count + 1).utf8))
        return Dictionary(query.fields.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The code flow to its end.
    func codeTokens(_ changes: [String: String?] = [:]) async throws -> Answer {
        let code = try #require(try await authorize(changes)["code"])
        return try await redeem(code)
    }

    func redeem(
        _ code: String,
        verifier: String? = Client.verifier,
        redirectURI: String = AppMother.callback,
        basic: (String, String)? = (AppMother.key, AppMother.secret)
    ) async throws -> Answer {
        var form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI)]
        if let verifier { form.append(("code_verifier", verifier)) }
        return try await token(form, basic: basic)
    }
}

/// A browser with its cookies.
struct Browser {
    let client: Client
    var cookies: [String: String] = [:]

    mutating func get(_ path: String) async throws -> Client.Answer {
        keep(try await client.send(.get, path, headers: header))
    }

    /// Posts the form of a page.
    mutating func submit(_ step: String, _ page: Client.Answer, _ fields: [(String, String)]) async throws
        -> Client.Answer
    {
        let form = [("transaction", try Self.transaction(page))] + fields
        var headers = header
        headers[.origin] = client.origin
        return keep(
            try await client.send(
                .post,
                "/services/oauth2/authorize/\(step)",
                headers: headers,
                body: Client.encoded(form)
            )
        )
    }

    static func transaction(_ page: Client.Answer) throws -> String {
        let start = try #require(page.body.firstRange(of: #"name="transaction" value=""#), "no form in \(page.body)")
        return String(page.body[start.upperBound...].prefix { $0 != "\"" })
    }

    private var header: HTTPFields {
        cookies.isEmpty ? [:] : [.cookie: cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")]
    }

    private mutating func keep(_ answer: Client.Answer) -> Client.Answer {
        for cookie in answer.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { cookies[pair[0]] = pair[1] }
        }
        return answer
    }
}
