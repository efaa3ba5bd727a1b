import Crypto
import CryptoExtras
import OAuthTypes

/// One valid assertion of an app (RFC 7523); a test bends it in one place.
struct AssertionMother: Sendable {
    var key: ClientKey
    var header = [("alg", #""RS256""#), ("typ", #""JWT""#)]
    var claims: [(String, String)]

    /// An assertion for the JWT bearer grant: the app vouches for a user.
    static func bearer(now: Timestamp = TestServer.start) throws -> AssertionMother {
        try AssertionMother(subject: "ann@acme.example", now: now)
    }

    /// An assertion for client authentication: the app speaks of itself.
    static func client(id: String, now: Timestamp = TestServer.start) throws -> AssertionMother {
        try AssertionMother(subject: AppMother.key, now: now).claim("jti", "\"\(id)\"")
    }

    private init(subject: String, now: Timestamp) throws {
        key = try ClientKey.own.get()
        claims = [
            ("iss", "\"\(AppMother.key)\""), ("sub", "\"\(subject)\""), ("aud", "\"\(TestServer.issuer)\""),
            ("exp", "\(now.seconds + 180)"),
        ]
    }

    /// The assertion with a claim in another value, or without it; the value is JSON.
    func claim(_ name: String, _ value: String?) -> AssertionMother {
        var copy = self
        copy.claims = claims.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
        return copy
    }

    /// The assertion with a header member in another value, or without it; the value is JSON.
    func header(_ name: String, _ value: String?) -> AssertionMother {
        var copy = self
        copy.header = header.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
        return copy
    }

    /// The assertion signed by a key that the app does not have.
    var signedByAnother: AssertionMother {
        get throws {
            var copy = self
            copy.key = try ClientKey.foreign.get()
            return copy
        }
    }

    /// The compact form, signed.
    func text(claimsText: String? = nil) throws -> String {
        let input = Self.segment(header) + "." + (claimsText.map { Base64URL.encode($0.utf8) } ?? Self.segment(claims))
        let digest = SHA256.hash(data: Array(input.utf8))
        return input + "."
            + Base64URL.encode(try key.key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    private static func segment(_ members: [(String, String)]) -> String {
        Base64URL.encode(("{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}").utf8)
    }
}

extension AppMother {
    /// An app whose developer uploaded a certificate; its users allow it themselves.
    static var withCertificate: AppMother {
        get throws { AppMother().global("certificate", try ClientKey.own.get().certificate) }
    }

    /// The same app for users whom its admin approved, by the profile that all users of the test have.
    static var preauthorized: AppMother {
        get throws {
            try withCertificate.policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized")
                .policy("commaSeparatedProfile", "Standard User")
        }
    }
}
