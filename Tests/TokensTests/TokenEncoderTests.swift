import Foundation
import OAuthTypes
import Testing
import Tokens

@Suite("Encoders")
struct TokenEncoderTests {
    private let origin = "https://mobilesdkatsdb6.test1.my.pc-rnd.salesforce.com"
    private let header = AccessTokenHeader(
        tenantKey: "core/falcontest1-core4sdb6/00DSG000009FYVd2AO",
        kid: "CORE_ATJWT.00DSG000009FYVd.1725579420125"
    )

    private func claims(_ subject: AccessTokenSubject = .user("005SG000008eiAbYAI")) throws -> AccessTokenClaims {
        AccessTokenClaims(
            scopes: try ScopeSet(parsing: "refresh_token web api"),
            audiences: [origin],
            subject: subject,
            issuer: origin,
            clientID: "3MVG9key",
            issuedAt: Timestamp(milliseconds: 1_730_386_635_999),
            expiresAt: Timestamp(seconds: 1_730_386_695),
            tokenID: "j-1",
            sessionFingerprint: String(repeating: "0a", count: 32)
        )
    }

    private func segments(_ token: [UInt8]) throws -> [String] {
        try String(decoding: token, as: UTF8.self).split(separator: ".").map { segment in
            String(decoding: try #require(Base64URL.decode(String(segment))), as: UTF8.self)
        }
    }

    private func object(_ json: String) throws -> NSDictionary {
        try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary)
    }

    @Test("tokens 1: the header's members and their order are the original's (sample A)")
    func headerMembers() throws {
        let input = AccessTokenEncoder.signingInput(try claims(), header: header)
        #expect(String(decoding: input, as: UTF8.self).hasPrefix("eyJ0bmsi"))
        let expected =
            #"{"tnk":"core/falcontest1-core4sdb6/00DSG000009FYVd2AO","ver":"1.0","#
            + #""kid":"CORE_ATJWT.00DSG000009FYVd.1725579420125","tty":"sfdc-core-token","typ":"JWT","alg":"RS256"}"#
        #expect(try segments(input).first == expected)
    }

    @Test("tokens 2: the payload is that of sample A and a jti; nbf lies 15 seconds before iat")
    func payload() throws {
        let payload = try object(try segments(AccessTokenEncoder.signingInput(claims(), header: header))[1])
        let sample = """
            {"scp":"refresh_token web api","aud":["https://mobilesdkatsdb6.test1.my.pc-rnd.salesforce.com"],\
            "sub":"uid:005SG000008eiAbYAI","nbf":1730386620,"mty":"oauth",\
            "sfi":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","roles":[],\
            "iss":"https://mobilesdkatsdb6.test1.my.pc-rnd.salesforce.com","hsc":false,"exp":1730386695,\
            "iat":1730386635,"client_id":"3MVG9key","jti":"j-1"}
            """
        #expect(payload == (try object(sample)))
    }

    @Test("tokens 2: with a platform scope the members and arithmetic are those of samples B and C, and a jti")
    func platformAudience() throws {
        let audiences = ["https://acme.develop.my.salesforce.com", "https://api.salesforce.com"]
        let claims = AccessTokenClaims(
            scopes: try ScopeSet(parsing: "refresh_token mcp_api"),
            audiences: audiences,
            subject: .user("005SG000008eiAbYAI"),
            issuer: audiences[0],
            clientID: "3MVG9key",
            issuedAt: Timestamp(seconds: 1_783_096_789),
            expiresAt: Timestamp(seconds: 1_783_103_989),
            tokenID: "j-2",
            sessionFingerprint: String(repeating: "f", count: 64)
        )
        let payload = try object(segments(AccessTokenEncoder.signingInput(claims, header: header))[1])
        #expect(
            Set(payload.allKeys.compactMap { $0 as? String }) == [
                "scp", "sub", "roles", "iss", "client_id", "aud", "nbf", "mty", "sfi", "hsc", "exp", "iat", "jti",
            ]
        )
        #expect(payload["aud"] as? [String] == audiences)
        #expect(payload["scp"] as? String == "refresh_token mcp_api")
        #expect(payload["nbf"] as? Int == 1_783_096_774)
    }

    @Test("tokens 9: a guest's subject starts with uvid:")
    func guest() throws {
        let input = AccessTokenEncoder.signingInput(try claims(.guest("6f1c")), header: header)
        #expect(try object(segments(input)[1])["sub"] as? String == "uvid:6f1c")
    }

    @Test(
        "OpenID Connect Core section 2: an ID token has the claims given, azp beside several audiences, and no others"
    )
    func idToken() throws {
        var standard = StandardClaims()
        standard.name = "Zoë \"Z\" 李"
        standard.emailVerified = true
        let claims = IDTokenClaims(
            issuer: origin,
            subject: origin + "/id/00DSG000009FYVd2AO/005SG000008eiAbYAI",
            audiences: ["3MVG9key", "https://api.example.com"],
            issuedAt: Timestamp(seconds: 1_000),
            expiresAt: Timestamp(seconds: 1_120),
            authTime: Timestamp(seconds: 900),
            nonce: "n-0S6_WzA2Mj",
            atHash: "77QmUPtjPfzWtF2AnpK9RQ",
            standardClaims: standard
        )
        let input = try segments(IDTokenEncoder.signingInput(claims, kid: "1725579420125"))
        #expect(input[0] == #"{"alg":"RS256","typ":"JWT","kid":"1725579420125"}"#)
        let expected = """
            {"iss":"\(origin)","sub":"\(origin)/id/00DSG000009FYVd2AO/005SG000008eiAbYAI",\
            "aud":["3MVG9key","https://api.example.com"],"azp":"3MVG9key","exp":1120,"iat":1000,"auth_time":900,\
            "nonce":"n-0S6_WzA2Mj","at_hash":"77QmUPtjPfzWtF2AnpK9RQ","name":"Zoë \\"Z\\" 李","email_verified":true}
            """
        #expect(try object(input[1]) == object(expected))
    }

    @Test("OpenID Connect Core section 3.1.3.6: at_hash is the left half of the access token's SHA-256 (appendix A.3)")
    func atHash() {
        let token = Array("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".utf8)
        #expect(IDTokenClaims.atHash(of: token) == "77QmUPtjPfzWtF2AnpK9RQ")
    }

    @Test("RFC 7517 section 5: the set holds the public members of the example key of RFC 7638 section 3.1 only")
    func publishedKey() throws {
        let modulus = """
            0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF\
            V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
            c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1\
            jF44-csFCur-kEgU8awapJzKnqDKgw
            """
        let kid = "CORE_ATJWT.00DSG000009FYVd.1725579420125"
        let key = RSAPublicKey(modulus: [0] + (try #require(Base64URL.decode(modulus))), exponent: [1, 0, 1])
        let document = String(decoding: JWKS.document([(kid: kid, key: key)]), as: UTF8.self)
        let expected = """
            {"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"\(kid)","n":"\(modulus)","e":"AQAB"}]}
            """
        #expect(document == expected)
        #expect(String(decoding: JWKS.document([]), as: UTF8.self) == #"{"keys":[]}"#)
    }
}
