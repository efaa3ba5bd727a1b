import Foundation
import MetadataAPI
import NIOHTTP1
import OAuthTypes
import SignetVerifier
import WebServer

/// Signs a person in at a server by the browser, as the app that every org has.
struct SignInFlow: Sendable {
    let issuer: String
    let caFile: String?
    let username: String?
    let opensBrowser: Bool

    private var web: WebClient { WebClient(caFile: caFile) }

    /// - Throws: ``CommandFailure`` that says what is wrong.
    func run() async throws -> Session {
        let endpoints = try await Endpoints(issuer, web)
        var randomness = SystemRandomNumberGenerator()
        let attempt = SignInAttempt(
            issuer: issuer,
            authorizationEndpoint: endpoints.authorization,
            using: &randomness
        )
        let listener = LoopbackListener(attempt: attempt, patience: .seconds(600))
        return try await listener.run(
            open: { redirectURI in
                show(
                    attempt.url(
                        clientID: CommandLineApp.consumerKey,
                        scopes: CommandLineApp.scopes,
                        redirectURI: redirectURI,
                        username: username
                    )
                )
            },
            pasted: { take in
                guard !opensBrowser else { return }
                Thread.detachNewThread {
                    while let line = readLine() {
                        if take(line) { return }
                        Terminal.progress("This is not the address that the sign-in ended at; paste all of it.")
                    }
                }
            },
            redeem: { try await session($0, attempt, endpoints) }
        )
    }

    private func show(_ url: String) {
        guard opensBrowser else {
            Terminal.progress("Open this address in a browser:\n\(url)")
            Terminal.progress(
                "If that is a browser of another machine, it ends at a page that it cannot open: paste the address of that page here."
            )
            return
        }
        Terminal.progress("Opening the browser. If none opens, open this address:\n\(url)")
        Browser.open(url)
    }

    /// Redeems the code (RFC 6749 section 4.1.3), and asks whose it is.
    private func session(
        _ arrival: LoopbackListener.Arrival,
        _ attempt: SignInAttempt,
        _ endpoints: Endpoints
    ) async throws -> Session {
        let answer = try await web.post(
            endpoints.token,
            form: [
                ("grant_type", "authorization_code"), ("code", arrival.code), ("redirect_uri", arrival.redirectURI),
                ("client_id", CommandLineApp.consumerKey), ("code_verifier", attempt.verifier.revealed),
            ]
        )
        guard answer.isGood else { throw CommandFailure("the sign-in was refused: \(OAuthAnswer.problem(answer))") }
        let tokens = try answer.object()
        guard let refreshToken = tokens["refresh_token"]?.string, let access = tokens["access_token"]?.string,
            let instance = tokens["instance_url"]?.string, (try? IssuerURL(instance))?.origin == instance,
            let identity = tokens["id"]?.string, identity.hasPrefix(instance + "/id/")
        else {
            throw CommandFailure(
                "the answer of \(endpoints.token) is not that of a signet server, or the app SignetCLI has no refresh tokens there"
            )
        }
        let person = try await web.send(.GET, identity, headers: [("Authorization", "Bearer \(access)")]).object()
        let now = WallClock.system.now
        var session = Session(
            issuer: issuer,
            instance: instance,
            tokenEndpoint: endpoints.token,
            revocationEndpoint: endpoints.revocation,
            org: person.text("organization_id"),
            user: person.text("user_id"),
            username: person.text("username"),
            signedInAt: now,
            caFile: caFile,
            accessToken: Secret(access),
            expiresAt: nil,
            refreshToken: Secret(refreshToken)
        )
        try session.take(tokens, now: now)
        guard !session.user.isEmpty, !session.username.isEmpty else {
            throw CommandFailure("\(identity) does not say who signed in")
        }
        return session
    }
}

/// The endpoints of an issuer, all of its own origin.
private struct Endpoints: Sendable {
    let authorization: String
    let token: String
    let revocation: String

    init(_ issuer: String, _ web: WebClient) async throws {
        let document = try await web.discovery(of: issuer)
        func endpoint(_ name: String) throws -> String {
            guard let url = document[name]?.string, try IssuerURL(issuer).isOrigin(of: url) else {
                throw CommandFailure("the discovery document of \(issuer) has no \(name) of this origin")
            }
            return url
        }
        authorization = try endpoint("authorization_endpoint")
        token = try endpoint("token_endpoint")
        revocation = try endpoint("revocation_endpoint")
    }
}

/// Answers of the token endpoint that refuse (RFC 6749 section 5.2).
enum OAuthAnswer {
    /// The code and the text of a refusal.
    static func problem(_ answer: WebAnswer) -> String {
        guard let object = try? answer.object(), let code = object["error"]?.string else {
            return "the server answered \(answer.status)"
        }
        return "\(code.printable): \(object.text("error_description").printable)"
    }

    /// Whether the app is kept out, which says nothing of the grant.
    static func isBlocked(_ answer: WebAnswer) -> Bool {
        ["app_blocked", "invalid_app_access"].contains((try? answer.object())?["error"]?.string)
    }

    /// Whether the grant itself is of no use any more.
    static func isEnded(_ answer: WebAnswer) -> Bool {
        let code = (try? answer.object())?["error"]?.string
        return (400..<500).contains(answer.status) && code != nil && code != "temporarily_unavailable"
    }
}
