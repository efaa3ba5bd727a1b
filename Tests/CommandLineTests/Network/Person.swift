import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// A person at a browser: keeps cookies, fills in forms, follows redirects until the app has its answer.
final class Person {
    private let username: String
    private let password: String
    private var cookies: [String: String] = [:]

    init(username: String, password: String) { (self.username, self.password) = (username, password) }

    /// Opens the address of a sign-in, signs in, allows what is asked, and goes where that leads.
    ///
    /// - Returns: the last page.
    func authorize(_ url: String, issuer: String, decision: String = "allow") async throws -> String {
        try await page(try await callback(url, issuer: issuer, decision: decision))
    }

    /// As ``authorize(_:issuer:decision:)``, up to the address of the app, which is not opened.
    func callback(_ url: String, issuer: String, decision: String = "allow") async throws -> String {
        var answer = try await open(.GET, url)
        for _ in 0..<10 {
            if let location = answer.location {
                let target = location.hasPrefix("/") ? issuer + location : location
                guard target.hasPrefix(issuer) else { return target }
                answer = try await open(.GET, target)
                continue
            }
            let action = try #require(
                Self.first(#"<form method="post" action="([^"]*)""#, answer.body),
                "\(answer.body)"
            )
            let transaction = try #require(Self.first(#"name="transaction" value="([^"]*)""#, answer.body))
            var fields = ["transaction": transaction]
            if answer.body.contains("name=\"password\"") {
                (fields["username"], fields["password"]) = (username, password)
            } else {
                fields["decision"] = decision
            }
            answer = try await open(.POST, issuer + action, fields, origin: issuer)
        }
        throw Lost()
    }

    /// The page at an address.
    func page(_ url: String) async throws -> String { try await open(.GET, url).body }

    private struct Lost: Error {}

    private struct Answer {
        let location: String?
        let body: String
    }

    private func open(
        _ method: HTTPMethod,
        _ url: String,
        _ fields: [String: String] = [:],
        origin: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Cookie", value: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        if let origin {
            request.headers.add(name: "Origin", value: origin)
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: Self.form(fields)))
        }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(60)
        let (headers, body) = try await HTTPClient.withHTTPClient(configuration: configuration) { [request] client in
            let response = try await client.execute(request, timeout: .seconds(60))
            return (response.headers, String(buffer: try await response.body.collect(upTo: 1_048_576)))
        }
        keep(headers)
        return Answer(location: headers.first(name: "Location"), body: body)
    }

    private func keep(_ headers: HTTPHeaders) {
        for header in headers["Set-Cookie"] {
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
    }

    private static func form(_ fields: [String: String]) -> String {
        fields.map { name, value in
            name + "=" + (value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }.joined(separator: "&")
    }

    private static func first(_ pattern: String, _ text: String) -> String? {
        guard let expression = try? NSRegularExpression(pattern: pattern),
            let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)),
            let range = Range(match.range(at: 1), in: text)
        else { return nil }
        return String(text[range])
    }
}
