import ClientApps
import Crypto
import CryptoExtras
import OAuthTypes

/// A signed assertion of a client whose parts are read but not yet believed (RFC 7523): for the JWT bearer grant and for
/// client authentication.
struct UnverifiedAssertion: Sendable {
    /// `iss`: the consumer key.
    let issuer: String
    private let claims: JSONObject
    private let segments: CompactSegments
    private let signature: [UInt8]

    /// The largest assertion that is looked at, in bytes.
    static let maximumBytes = 16_384
    /// How far clocks may be apart. Clients exist that send `exp` = now (facts: clients section 5).
    static let allowance = TimeSpan.minutes(3)
    /// How far ahead `exp` may lie; the documented three minutes are not what real clients keep to.
    static let longestLifetime = TimeSpan.hours(24)

    /// Splits and reads an assertion: three segments, RS256, no critical header, an `iss`.
    ///
    /// - Throws: `invalid_grant` that names what is wrong.
    init(_ text: String) throws(OAuthError) {
        guard text.utf8.count <= Self.maximumBytes, let segments = CompactSegments(text),
            let header = segments.header, let payload = segments.payload, let signature = segments.signature
        else { throw Self.invalid("it is not a JWT in compact form") }
        guard let header = try? JSONScanner.object(header), header["alg"]?.string == "RS256", header["crit"] == nil
        else {
            throw Self.invalid("its header must have alg RS256 and no crit")
        }
        guard let claims = try? JSONScanner.object(payload) else {
            throw Self.invalid("its claims are not a JSON object")
        }
        // JSON may have U+0000 in a text; no name or id of ours has it, and the database takes none.
        guard claims.members.allSatisfy({ !($0.value.string?.utf8.contains(0) ?? false) }) else {
            throw Self.invalid("a claim has the character U+0000; send it without")
        }
        guard let issuer = claims["iss"]?.string else {
            throw Self.invalid("iss is missing; it is the consumer key of the app")
        }
        self.issuer = issuer
        self.claims = claims
        self.segments = segments
        self.signature = signature
    }

    static func invalid(_ reason: String) -> OAuthError {
        OAuthError(.invalidGrant, "invalid assertion: \(reason).")
    }

    /// `sub`, or `prn` of old clients, which wins where both are sent.
    var username: String {
        get throws(OAuthError) {
            guard let name = claims["prn"]?.string ?? claims["sub"]?.string, !name.isEmpty else {
                throw Self.invalid("sub is missing; it is the username")
            }
            return name
        }
    }

    var subject: String? { claims["sub"]?.string }

    /// `jti`, which not every client sends.
    var tokenID: String? {
        get throws(OAuthError) {
            guard let claim = claims["jti"] else { return nil }
            guard let text = claim.string, !text.isEmpty else {
                throw Self.invalid("jti must be a text that is not empty; send a new one with each assertion")
            }
            return text
        }
    }

    /// Checks the signature with the certificate that was uploaded to the app, which must be within its validity (RFC 5280
    /// section 4.1.2.5); the header's own keys are never looked at.
    func verifySignature(_ app: EffectiveApp, now: Timestamp) throws(OAuthError) {
        guard let certificate = app.certificate else {
            throw OAuthError(
                .invalidGrant,
                "invalid assertion: the app has no certificate; its developer uploads one to switch on the JWT bearer flow."
            )
        }
        guard certificate.notBefore <= now, now <= certificate.notAfter else {
            throw Self.invalid(
                "the app's certificate is not valid now; its developer uploads one that is valid, and the client signs with its key"
            )
        }
        let isValid: Bool
        do {
            let key = try _RSA.Signing.PublicKey(n: certificate.modulus, e: certificate.exponent)
            isValid = key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: segments.signingInput.withUnsafeBytes { SHA256.hash(data: $0) },
                padding: .insecurePKCS1v1_5
            )
        } catch {
            isValid = false
        }
        guard isValid else {
            throw Self.invalid(
                "its signature does not verify with the app's certificate; sign with that certificate's private key"
            )
        }
    }

    /// Requires one of the audiences, as a string or as the only element of an array.
    func requireAudience(_ accepted: [String]) throws(OAuthError) {
        let audience: String?
        switch claims["aud"] {
        case .string(let text): audience = text
        case .array(let elements) where elements.count == 1: audience = elements[0].string
        default: audience = nil
        }
        guard let audience, accepted.contains(audience) else {
            throw OAuthError(
                .invalidGrant,
                "Audience validation failed: audience is invalid; aud must be one of \(accepted.joined(separator: ", "))."
            )
        }
    }

    /// Requires an `exp` that has not passed and, where they are sent, an `iat` and an `nbf` that do not lie ahead.
    ///
    /// - Returns: `exp`.
    func requireTimely(_ now: Timestamp) throws(OAuthError) -> Timestamp {
        guard let expiry = claims["exp"].flatMap(Self.time), expiry > Timestamp(seconds: 0) else {
            throw Self.invalid("exp is missing; it is the time in seconds since 1970")
        }
        guard now < expiry + Self.allowance else {
            throw Self.invalid("it has expired; make a new one with exp within 3 minutes")
        }
        guard expiry <= now + Self.longestLifetime else {
            throw Self.invalid("exp is too far ahead; keep it within 3 minutes")
        }
        for name in ["iat", "nbf"] {
            guard let claim = claims[name] else { continue }
            guard let time = Self.time(claim) else {
                throw Self.invalid("\(name) is no time; it is the time in seconds since 1970")
            }
            guard time <= now + Self.allowance else {
                throw Self.invalid("\(name) lies ahead; check the clock of the client")
            }
        }
        return expiry
    }

    /// A time in any of the forms that real clients send: a number, a string of digits, or milliseconds.
    private static func time(_ claim: JSONValue) -> Timestamp? {
        let digits = claim.string.flatMap(Int64.init).flatMap { JSONValue.integer($0).numericDate }
        guard let number = claim.numericDate ?? digits else { return nil }
        return number > 100_000_000_000 ? Timestamp(milliseconds: number) : Timestamp(seconds: number)
    }
}
