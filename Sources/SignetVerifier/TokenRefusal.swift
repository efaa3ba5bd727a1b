public import OAuthTypes

/// Why a token is refused: one reason each, the first that was found.
public struct TokenRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons, one for each check.
    public enum Reason: Hashable, Sendable {
        /// It is larger than the configured number of bytes.
        case tooLarge
        /// It is not a compact JWS of three base64url segments with JSON objects in it.
        case malformed
        /// A member name stands twice in its header or claims.
        case duplicateMember(String)
        /// Its header has `crit` (RFC 7515 section 4.1.11), which names nothing that is understood here.
        case criticalHeader
        /// Its `typ` or `tty` is not that of an accepted profile.
        case wrongType
        /// Its header names no key.
        case missingKeyID
        /// Its key is not in the key set of the issuer.
        case unknownKey
        /// Its `alg` is not the algorithm of its key.
        case algorithmMismatch
        /// Its signature does not verify.
        case badSignature
        /// A claim that must be there is absent or has the wrong JSON type.
        case invalidClaim(String)
        /// `iss` is another issuer.
        case wrongIssuer
        /// `aud` names none of the accepted audiences.
        case wrongAudience
        /// `exp` has passed.
        case expired
        /// `nbf` lies ahead by more than the leeway.
        case notYetValid
        /// `iat` lies ahead by more than the leeway, or by more than the 15 seconds that `nbf` is dated back if that is longer.
        case issuedInFuture
        /// `sub` is not of an accepted kind.
        case wrongSubjectKind
        /// It is bound to a key (`cnf`, RFC 7800), which a bearer does not prove to hold.
        case senderConstrained
        /// A required scope was not granted.
        case insufficientScope(missing: ScopeSet)
        /// No keys could be had from the issuer, and none that are young enough are kept.
        case keysUnavailable(String)
    }

    /// The reason.
    public let reason: Reason

    init(_ reason: Reason) {
        self.reason = reason
    }

    /// The reason as one word of a closed list, for logs: nothing of it comes from the token or from the issuer.
    public var code: String {
        switch reason {
        case .tooLarge: "too_large"
        case .malformed: "malformed"
        case .duplicateMember: "duplicate_member"
        case .criticalHeader: "critical_header"
        case .wrongType: "wrong_type"
        case .missingKeyID: "missing_key_id"
        case .unknownKey: "unknown_key"
        case .algorithmMismatch: "algorithm_mismatch"
        case .badSignature: "bad_signature"
        case .invalidClaim: "invalid_claim"
        case .wrongIssuer: "wrong_issuer"
        case .wrongAudience: "wrong_audience"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .issuedInFuture: "issued_in_future"
        case .wrongSubjectKind: "wrong_subject_kind"
        case .senderConstrained: "sender_constrained"
        case .insufficientScope: "insufficient_scope"
        case .keysUnavailable: "keys_unavailable"
        }
    }

    /// The reason in words, with the member or the address that it is about; for the one who runs this service.
    public var description: String {
        switch reason {
        case .tooLarge: "the token is larger than allowed"
        case .malformed: "the token is not a compact JWS"
        case .duplicateMember(let name): "the member '\(name)' stands twice in the token"
        case .criticalHeader: "the token's header has crit"
        case .wrongType:
            "the token is no access token of an accepted kind: its header must have typ JWT with tty sfdc-core-token, or typ at+jwt"
        case .missingKeyID: "the token's header has no kid"
        case .unknownKey: "the token's kid is not among the keys of the issuer"
        case .algorithmMismatch: "the token's alg is not the algorithm of its key"
        case .badSignature: "the token's signature does not verify"
        case .invalidClaim(let name): "the claim '\(name)' is missing or of the wrong type"
        case .wrongIssuer: "the token's iss is another issuer"
        case .wrongAudience: "the token's aud names none of the accepted audiences"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .issuedInFuture: "the token's iat lies in the future"
        case .wrongSubjectKind: "the token's sub is not of an accepted kind"
        case .senderConstrained: "the token is bound to a key and is not good for a mere bearer"
        case .insufficientScope(let missing): "the token lacks the scope \(missing.text)"
        case .keysUnavailable(let why): "the keys of the issuer are not to be had: \(why)"
        }
    }
}
