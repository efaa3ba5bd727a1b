import Crypto
import Foundation
import OAuthTypes

/// What a person who signed in may do at one server, and as whom: kept in a file of theirs.
struct Session: Sendable {
    /// The issuer that was signed in to, to the letter.
    let issuer: String
    /// Scheme, host and port of the org, where its APIs are.
    let instance: String
    let tokenEndpoint: String
    let revocationEndpoint: String
    let org: String
    let user: String
    let username: String
    let signedInAt: Timestamp
    /// The file with certificates that was trusted at sign-in; its absolute path.
    let caFile: String?
    var accessToken: Secret
    /// When the access token ends, as far as the server said.
    var expiresAt: Timestamp?
    var refreshToken: Secret

    /// The name of its file: one for each issuer and user.
    var name: String { Self.name(issuer: issuer, user: user) }

    private static func name(issuer: String, user: String) -> String {
        Hexadecimal.text(Array(SHA256.hash(data: Array("\(issuer)\n\(user)".utf8)).prefix(16)))
    }

    /// As a person is told of it.
    var shown: String { "\(username) at \(issuer)" }

    /// Takes over what a token request answered (RFC 6749 section 5.1).
    ///
    /// - Throws: ``CommandFailure`` for an answer without an access token.
    mutating func take(_ answer: JSONObject, now: Timestamp) throws {
        guard let token = answer["access_token"]?.string else {
            throw CommandFailure("the token endpoint of \(issuer) answered no access token")
        }
        accessToken = Secret(token)
        expiresAt = answer["expires_in"]?.integer.map { now + .seconds($0) }
        if let next = answer["refresh_token"]?.string { refreshToken = Secret(next) }
    }
}

extension Session {
    /// Reads a session as ``bytes`` wrote it.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONScanner.object(bytes), let issuer = json["issuer"]?.string,
            let accessToken = json["accessToken"]?.string, let refreshToken = json["refreshToken"]?.string,
            !json.text("instance").isEmpty, !json.text("tokenEndpoint").isEmpty
        else { return nil }
        self.init(
            issuer: issuer,
            instance: json.text("instance"),
            tokenEndpoint: json.text("tokenEndpoint"),
            revocationEndpoint: json.text("revocationEndpoint"),
            org: json.text("orgId"),
            user: json.text("userId"),
            username: json.text("username"),
            signedInAt: Timestamp(seconds: json.number("signedInAt")),
            caFile: json["caFile"]?.string,
            accessToken: Secret(accessToken),
            expiresAt: json["expiresAt"]?.integer.map { Timestamp(seconds: $0) },
            refreshToken: Secret(refreshToken)
        )
    }

    /// What its file holds.
    var bytes: [UInt8] {
        JSONWriter.object { json in
            json.member("issuer", issuer)
            json.member("instance", instance)
            json.member("tokenEndpoint", tokenEndpoint)
            json.member("revocationEndpoint", revocationEndpoint)
            json.member("orgId", org)
            json.member("userId", user)
            json.member("username", username)
            json.member("signedInAt", signedInAt.seconds)
            json.member("caFile", ifPresent: caFile)
            json.member("accessToken", accessToken.revealed)
            if let expiresAt { json.member("expiresAt", expiresAt.seconds) }
            json.member("refreshToken", refreshToken.revealed)
        }
    }

    /// What `session list`, `login` and `whoami` say of it.
    func write(_ json: inout JSONWriter) {
        json.member("issuer", issuer)
        json.member("username", username)
        json.member("userId", user)
        json.member("orgId", org)
        json.member("signedInAt", signedInAt.rfc3339)
    }
}
