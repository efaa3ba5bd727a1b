package import OAuthTypes

/// Finds what an issuer says of itself: its discovery document, and the key set that this names (OpenID Connect Discovery section 4).
package struct IssuerDocuments: Sendable {
    let issuer: String
    let fetcher: any DocumentFetcher

    static let maximumBytes = 262_144

    /// The documents of an issuer, fetched by a fetcher.
    package init(issuer: String, fetcher: any DocumentFetcher) {
        (self.issuer, self.fetcher) = (issuer, fetcher)
    }

    /// The discovery document, once it is known to be that of the issuer.
    ///
    /// - Throws: ``FetchFailure`` that names what is wrong.
    package func discovery() async throws -> JSONObject {
        let issuer = try IssuerURL(issuer)
        // A slash at the end of the issuer goes before the path is added (OpenID Connect Discovery section 4).
        let base = issuer.text.hasSuffix("/") ? String(issuer.text.dropLast()) : issuer.text
        let discovery = "\(base)/.well-known/openid-configuration"
        let document = try await fetcher.fetch(discovery, maximumBytes: Self.maximumBytes)
        guard let members = try? JSONScanner.object(document) else {
            throw FetchFailure("\(discovery) is not a JSON object")
        }
        // To the letter, so that no other server can speak for the issuer (OpenID Connect Discovery section 4.3).
        guard let named = members["issuer"]?.string, named.isExactly(issuer.text) else {
            throw FetchFailure(
                "\(discovery) names another issuer\(Self.quoted(members["issuer"]?.string)), not '\(issuer.text)'"
            )
        }
        return members
    }

    /// - Throws: ``FetchFailure`` that names what is wrong.
    func keys() async throws -> VerificationKeySet {
        guard let jwksURI = try await discovery()["jwks_uri"]?.string, try IssuerURL(issuer).isOrigin(of: jwksURI)
        else {
            throw FetchFailure("the discovery document of \(issuer) names keys at another host than the issuer's")
        }
        do {
            return try VerificationKeySet(jwks: try await fetcher.fetch(jwksURI, maximumBytes: Self.maximumBytes))
        } catch let invalid as VerificationKeySet.Invalid {
            throw FetchFailure("\(jwksURI): \(invalid)")
        }
    }

    /// A name that the document gives, for the message, unless it could do harm on a terminal.
    private static func quoted(_ name: String?) -> String {
        guard let name, name.utf8.count <= 200, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return "" }
        return ", '\(name)'"
    }
}
