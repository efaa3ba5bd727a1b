import Crypto
import CryptoExtras
import OAuthTypes
import SignetVerifier

/// One valid token of the Salesforce profile; a test bends it in one place.
struct TokenMother {
    static let now = Timestamp(seconds: 1_730_386_635)
    static let issuer = "https://acme.example"
    static let audience = "https://acme.example"
    static let kid = "CORE_ATJWT.00DSG000009FYVd.1725579420125"

    let key: _RSA.Signing.PrivateKey
    var header: [(String, String)]
    var claims: [(String, String)]

    init() throws {
        key = try TokenMother.signingKey()
        header = [
            ("tnk", #""core/prod/00DSG000009FYVd2AO""#), ("ver", #""1.0""#), ("kid", "\"\(Self.kid)\""),
            ("tty", #""sfdc-core-token""#), ("typ", #""JWT""#), ("alg", #""RS256""#),
        ]
        claims = [
            ("scp", #""refresh_token web api""#), ("aud", "[\"\(Self.audience)\"]"),
            ("sub", #""uid:005SG000008eiAbYAI""#),
            ("nbf", "1730386620"), ("mty", #""oauth""#), ("roles", "[]"), ("iss", "\"\(Self.issuer)\""),
            ("hsc", "false"),
            ("exp", "1730386695"), ("iat", "1730386635"), ("client_id", #""3MVG9abc""#),
        ]
    }

    /// The same token in the form of RFC 9068.
    var rfc9068: TokenMother {
        header("typ", #""at+jwt""#).header("tty", nil).header("tnk", nil).header("ver", nil)
            .claim("scp", nil).claim("scope", #""refresh_token web api""#).claim("jti", #""token-1""#)
    }

    private static let shared = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func signingKey() throws -> _RSA.Signing.PrivateKey { try shared.get() }

    /// The token with a header member in another value, or without it.
    func header(_ name: String, _ value: String?) -> TokenMother { changed(\.header, name, value) }

    /// The token with a claim in another value, or without it.
    func claim(_ name: String, _ value: String?) -> TokenMother { changed(\.claims, name, value) }

    private func changed(_ path: WritableKeyPath<TokenMother, [(String, String)]>, _ name: String, _ value: String?)
        -> TokenMother
    {
        var copy = self
        let index = copy[keyPath: path].firstIndex { $0.0 == name }
        switch (index, value) {
        case (let index?, let value?): copy[keyPath: path][index].1 = value
        case (let index?, nil): copy[keyPath: path].remove(at: index)
        case (nil, let value?): copy[keyPath: path].append((name, value))
        case (nil, nil): break
        }
        return copy
    }

    private static func json(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// The compact form, signed.
    func token(headerText: String? = nil, claimsText: String? = nil) throws -> String {
        let input =
            Base64URL.encode((headerText ?? Self.json(header)).utf8) + "."
            + Base64URL.encode((claimsText ?? Self.json(claims)).utf8)
        let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)), padding: .insecurePKCS1v1_5)
        return input + "." + Base64URL.encode(signature.rawRepresentation)
    }

    var claimsJSON: String { Self.json(claims) }
    var headerJSON: String { Self.json(header) }

    /// The key set of the issuer.
    func jwks(kid: String = TokenMother.kid, extra: String = "") throws -> [UInt8] {
        let numbers = try key.publicKey.getKeyPrimitives()
        return Array(
            #"{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"\#(kid)","n":"\#(Base64URL.encode(numbers.modulus))","e":"\#(Base64URL.encode(numbers.publicExponent))"\#(extra)}]}"#
                .utf8
        )
    }

    func verifier(
        scopes: String = "",
        profiles: Set<VerifierConfiguration.Profile> = [.salesforce, .rfc9068],
        leeway: TimeSpan = .seconds(0)
    ) throws -> TokenVerifier {
        TokenVerifier(
            configuration: VerifierConfiguration(
                issuer: Self.issuer,
                audiences: [Self.audience],
                profiles: profiles,
                requiredScopes: try ScopeSet(parsing: scopes),
                leeway: leeway
            ),
            keys: try VerificationKeySet(jwks: jwks())
        )
    }
}
