import NIOHTTP1
import OAuthTypes

/// A rotation at a server that a person is signed in to, by the resources of credentials (facts: app-model 7.3).
struct ServerRotation: Sendable {
    let server: SignedInServer
    let name: String

    /// Does a step and says what was done, in the words of the command on a data directory.
    ///
    /// - Throws: ``CommandFailure``.
    func done(_ step: RotationStep) async throws -> JSONObject {
        let app = try await app()
        let base = "/apps/oauth/credentials/\(app.text("id"))"
        if case .replace(let key, let secret) = step {
            let parts = [key ? "\"key\"" : nil, secret ? "\"secret\"" : nil].compactMap { $0 }.joined(separator: ",")
            let body = Array("{\"replace\":[\(parts)]}".utf8)
            return try await server.send(.POST, "/signet/credentials/\(app.text("id"))/replacement", body: body)
                .object()
        }
        let places = "\(base)/\(try await consumer(base))/staged"
        switch step {
        case .stage: return try await stage(places)
        case .apply(let days): return try await apply(places, days)
        case .discard, .replace: return try await discard(places)
        }
    }

    /// The facts of the app, with its consumer secret.
    ///
    /// - Throws: ``CommandFailure``, in the words of the server where it shows none.
    func appWithSecret() async throws -> JSONObject {
        let app = try await app()
        try ConsumerSecret.require(of: app)
        let base = "/apps/oauth/credentials/\(app.text("id"))"
        guard try await server.answer(.GET, base).status != 404 else {
            throw ConsumerSecret.elsewhere(app.text("name"))
        }
        let shown = try await server.send(.GET, "\(base)/\(try await consumer(base))?part=secret").object()
        return try JSONText.adding(to: app) { $0.member("consumerSecret", shown.text("secret")) }
    }

    private func app() async throws -> JSONObject {
        let app = try await server.app(name)
        guard app.text("kind") == "externalClientApp" else {
            throw CommandFailure(
                "'\(name)' is a connected app, and the server has this for external client apps: on its machine, name --data"
            )
        }
        return app
    }

    /// The handle of the present pair.
    private func consumer(_ base: String) async throws -> String {
        let consumers = try await server.send(.GET, base).object().objects("consumers")
        guard let first = consumers.first else { throw none }
        return first.text("id")
    }

    private func stage(_ places: String) async throws -> JSONObject {
        let answer = try await server.send(.POST, places, body: Array("{}".utf8)).object()
        let made = answer.objects("stagedCredentials").first ?? JSONObject()
        return try facts([
            ("consumerKey", made.text("key")), ("consumerSecret", made.text("secret")),
            ("expiresAt", moment(made.text("expirationDate"))),
        ])
    }

    private func apply(_ places: String, _ overlapDays: Int?) async throws -> JSONObject {
        let pairs = try await pairs(places)
        guard let staged = pairs.first(where: { $0.text("state") == "Active" }) else { throw none }
        let days = overlapDays.map { ",\"overlapDays\":\($0)" } ?? ""
        let body = Array("{\"command\":\"rotate\"\(days)}".utf8)
        let old = try await server.send(.PATCH, "\(places)/\(staged.text("id"))", body: body).object()
        return try facts([
            ("consumerKey", staged.text("key")), ("oldConsumerKey", old.text("key")),
            ("oldExpiresAt", moment(old.text("expirationDate"))),
        ])
    }

    private func discard(_ places: String) async throws -> JSONObject {
        let pairs = try await pairs(places)
        guard !pairs.isEmpty else { throw none }
        for pair in pairs { _ = try await server.send(.DELETE, "\(places)/\(pair.text("id"))") }
        return try JSONText.object(
            JSONWriter.object { $0.array("discardedConsumerKeys", of: pairs.map { $0.text("key") }) }
        )
    }

    private func pairs(_ places: String) async throws -> [JSONObject] {
        try await server.send(.GET, places).object().objects("stagedCredentials")
    }

    private var none: CommandFailure {
        CommandFailure("'\(name)': The app has no such pair of consumer key and secret.")
    }

    private func facts(_ members: [(name: String, value: String)]) throws -> JSONObject {
        try JSONText.object(
            JSONWriter.object { json in
                for (name, value) in members where !value.isEmpty { json.member(named: name, value) }
            }
        )
    }

    /// A time of the REST API in the form that commands print (RFC 3339).
    private func moment(_ text: String) -> String {
        text.hasSuffix("+0000") ? text.dropLast("+0000".count) + "Z" : text
    }
}
