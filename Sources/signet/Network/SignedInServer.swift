import MetadataAPI
import NIOHTTP1
import OAuthTypes
import WebServer

/// The APIs of the server that a person is signed in to.
struct SignedInServer: Sendable {
    let store: SessionStore
    /// The session as it was when the command began; its tokens may have changed since.
    let session: Session

    /// The version of the APIs that is spoken: the newest one of this release.
    static let version = "68.0"

    var web: WebClient { WebClient(caFile: session.caFile) }

    /// Says on standard error where a change is made, and as whom.
    func announce() { Terminal.progress("As \(session.shown)") }

    // MARK: Requests

    /// Sends a request to a resource of the REST API, such as `/signet/apps`.
    ///
    /// - Throws: ``CommandFailure`` with the words of the server for anything but a status of 200 to 299.
    func send(
        _ method: HTTPMethod,
        _ resource: String,
        body: [UInt8]? = nil,
        contentType: String = "application/json"
    ) async throws -> WebAnswer {
        let answer = try await answer(method, resource, body: body, contentType: contentType)
        guard answer.isGood else { throw ServerRefusal(answer).failure }
        return answer
    }

    /// As ``send(_:_:body:contentType:)``, but returns refusals as well.
    func answer(
        _ method: HTTPMethod,
        _ resource: String,
        body: [UInt8]? = nil,
        contentType: String = "application/json"
    ) async throws -> WebAnswer {
        let url = address(of: resource)
        return try await withToken { token in
            var headers = [(name: "Authorization", value: "Bearer \(token)")]
            if body != nil { headers.append((name: "Content-Type", value: contentType)) }
            let answer = try await web.send(method, url, headers: headers, body: body)
            return (answer, isDead: answer.status == 401)
        }
    }

    /// The address of a resource of the REST API.
    func address(of resource: String) -> String { "\(session.instance)/services/data/v\(Self.version)\(resource)" }

    /// Does something with an access token, and once more with a new one if the server does not know it any more.
    func withToken<Result: Sendable>(
        _ work: (_ token: String) async throws -> (Result, isDead: Bool)
    ) async throws -> Result {
        var present = try store.load(session.name)
        if let end = present.expiresAt, end <= WallClock.system.now + .seconds(30) {
            present = try await renewed(present)
        }
        let first = try await work(present.accessToken.revealed)
        guard first.isDead else { return first.0 }
        return try await work(try await renewed(present).accessToken.revealed).0
    }

    /// A session with an access token that is not that of a session as it was.
    ///
    /// The refresh token changes with its use, so one command at a time uses it; who comes second finds the new one.
    private func renewed(_ stale: Session) async throws -> Session {
        let lock = try store.lock(stale.name)
        var session = try store.load(stale.name)
        guard session.accessToken.matches(stale.accessToken) else { return session }
        let answer = try await web.post(
            session.tokenEndpoint,
            form: [
                ("grant_type", "refresh_token"), ("refresh_token", session.refreshToken.revealed),
                ("client_id", CommandLineApp.consumerKey),
            ]
        )
        guard answer.isGood else {
            let problem = OAuthAnswer.problem(answer)
            throw CommandFailure(
                OAuthAnswer.isBlocked(answer)
                    ? "the command line is kept out of \(session.issuer) (\(problem)); the session of \(session.username) is kept for when it is let in again"
                    : OAuthAnswer.isEnded(answer)
                        ? "the session of \(session.shown) has ended (\(problem)); sign in again: \(session.signInCommand)"
                        : "the session of \(session.shown) cannot be renewed now: \(problem)",
                mayPass: answer.isUnavailable
            )
        }
        try session.take(try answer.object(), now: WallClock.system.now)
        try store.save(session)
        // Until here nobody else may read the refresh token that was used up.
        _ = consume lock
        return session
    }

    // MARK: Resources

    /// Who the session is of, as the identity URL says.
    func identity() async throws -> JSONObject {
        let url = "\(session.instance)/id/\(session.org)/\(session.user)"
        let answer = try await withToken { token in
            let answer = try await web.send(.GET, url, headers: [(name: "Authorization", value: "Bearer \(token)")])
            // The identity URL says 403 of a token that it does not know (facts: flows 8).
            return (answer, isDead: answer.status == 401 || answer.status == 403)
        }
        guard answer.isGood else { throw CommandFailure("\(url) answered \(answer.status)") }
        return try answer.object()
    }

    /// All pages of a list.
    func pages(_ resource: String, of member: String) async throws -> [JSONValue] {
        let size = 200
        var all: [JSONValue] = []
        for page in 0... {
            let answer = try await send(.GET, "\(resource)?page=\(page)&pageSize=\(size)").object()
            let elements = answer[member]?.array ?? []
            all += elements
            if elements.count < size { break }
        }
        return all
    }

    /// What a resource of an app answers.
    ///
    /// - Throws: ``CommandFailure`` when there is no app of the name.
    func app(_ name: String, _ part: String = "") async throws -> JSONObject {
        let answer = try await answer(.GET, "/signet/apps/\(PercentEncoding.encode(name))\(part)")
        if answer.status == 404 { throw AppLookUp.missing(name) }
        guard answer.isGood else { throw ServerRefusal(answer).failure }
        return try answer.object()
    }
}

/// Why a resource of the REST API was refused: an array of one error.
struct ServerRefusal {
    let code: String
    let message: String
    private let mayPass: Bool

    init(_ answer: WebAnswer) {
        mayPass = answer.isUnavailable
        let first = (try? JSONScanner.value(answer.body, limit: JSONText.maximumBytes))?.array?.first?.object
        code = first?["errorCode"]?.string ?? ""
        let text = first?["message"]?.string?.printable ?? ""
        message = text.isEmpty ? "the server answered \(answer.status)" : text
    }

    var failure: CommandFailure { CommandFailure(message, mayPass: mayPass) }
}

extension Session {
    /// The command that signs in anew.
    var signInCommand: String { "signet login --issuer \(ShellWord.quoted(issuer))" }
}
