import OAuthTypes
import SignetVerifier

/// Fetches the keys of an issuer for one verification.
enum IssuerKeys {
    static func fetch(_ issuer: String) async throws -> VerificationKeySet {
        try await RemoteKeySet.fetchOnce(issuer: issuer)
    }
}
