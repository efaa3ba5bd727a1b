import OAuthTypes

/// Finds the keys of an issuer: its discovery document, then the key set that this names (OpenID Connect Discovery section 4).
struct IssuerDocuments: Sendable {
    let issuer: String
    let fetcher: any DocumentFetcher

    static let maximumBytes = 262_144

    /// - Throws: ``FetchFailure`` that names what is wrong.
    func keys() async throws -> VerificationKeySet {
        let issuer = try IssuerURL(issuer)
        let discovery = "\(issuer.text)/.well-known/openid-configuration"
        let document = try await fetcher.fetch(discovery, maximumBytes: Self.maximumBytes)
        guard let members = try? JSONScanner.object(document) else {
            throw FetchFailure("\(discovery) is not a JSON object")
        }
        // To the letter, so that no other server can speak for the issuer (OpenID Connect Discovery section 4.3).
        guard members["issuer"]?.string?.isExactly(issuer.text) == true else {
            throw FetchFailure("\(discovery) names another issuer")
        }
        guard let jwksURI = members["jwks_uri"]?.string, issuer.isOrigin(of: jwksURI) else {
            throw FetchFailure("\(discovery) names keys at another host than the issuer's")
        }
        do {
            return try VerificationKeySet(jwks: try await fetcher.fetch(jwksURI, maximumBytes: Self.maximumBytes))
        } catch let invalid as VerificationKeySet.Invalid {
            throw FetchFailure("\(jwksURI): \(invalid)")
        }
    }
}
