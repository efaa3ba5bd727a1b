import Crypto
import OAuthTypes

/// Proof Key for Code Exchange (RFC 7636) with S256, the one method there is.
enum PKCE {
    /// Reads a code challenge: 43 base64url characters, the SHA-256 of a verifier. A missing method means S256, as the original has it.
    ///
    /// - Throws: `invalid_request` for another method or another form.
    static func challenge(_ challenge: String?, method: String?) throws(OAuthError) -> String? {
        guard let challenge else {
            if method != nil {
                throw OAuthError(
                    .invalidRequest,
                    "code_challenge_method is given without code_challenge; send both or neither."
                )
            }
            return nil
        }
        guard method == nil || method == CodeChallengeMethod.s256.rawValue else {
            throw OAuthError(.invalidRequest, "code_challenge_method must be S256 (RFC 7636 section 4.3).")
        }
        guard challenge.utf8.count == 43, Base64URL.decode(challenge)?.count == 32 else {
            throw OAuthError(
                .invalidRequest,
                "code_challenge must be the 43 base64url characters of the SHA-256 of the verifier (RFC 7636 section 4.2)."
            )
        }
        return challenge
    }

    /// Compares a verifier with the challenge that was kept with the code.
    ///
    /// Verifiers longer than the 128 characters of RFC 7636 are accepted, since clients of the original send 171.
    ///
    /// - Throws: `invalid_grant` when one of the two is missing, `invalid_request` when they do not match.
    static func verify(_ verifier: Secret?, challenge: String?) throws(OAuthError) {
        switch (verifier, challenge) {
        case (nil, nil):
            return
        case (nil, .some):
            throw OAuthError(
                .invalidGrant,
                "missing code verifier: the authorization request had a code_challenge; send its code_verifier."
            )
        case (.some, nil):
            throw OAuthError(
                .invalidGrant,
                "code_verifier sent, but the authorization request had no code_challenge; start again with one."
            )
        case (.some(let verifier), .some(let challenge)):
            guard hasAllowedForm(verifier), matches(verifier, challenge) else {
                throw OAuthError(.invalidRequest, "invalid code verifier: it does not match the code_challenge.")
            }
        }
    }

    private static func hasAllowedForm(_ verifier: Secret) -> Bool {
        (43...256).contains(verifier.count)
            && verifier.withBytes { bytes in
                bytes.allSatisfy { Base62.isDigit($0) || [0x2D, 0x2E, 0x5F, 0x7E].contains($0) }
            }
    }

    private static func matches(_ verifier: Secret, _ challenge: String) -> Bool {
        let digest = verifier.withBytes { SHA256.hash(data: $0) }
        return Secret.constantTimeEqual(Array(Base64URL.encode(digest).utf8), Array(challenge.utf8))
    }
}
