import OAuthTypes
import SignetVerifier
import Synchronization
import Testing

/// Answers from memory and counts what is asked for.
final class FakeFetcher: DocumentFetcher {
    struct State {
        var documents: [String: [UInt8]] = [:]
        var asked: [String] = []
    }

    let state = Mutex(State())

    func fetch(_ url: String, maximumBytes: Int) async throws -> [UInt8] {
        let found = state.withLock { state in
            state.asked.append(url)
            return state.documents[url]
        }
        guard let found else { throw FetchFailure("\(url) is away") }
        return found
    }

    func put(_ url: String, _ bytes: [UInt8]?) { state.withLock { $0.documents[url] = bytes } }
    func count(_ url: String) -> Int { state.withLock { $0.asked.filter { $0 == url }.count } }
}

@Suite("RemoteKeySet")
struct RemoteKeySetTests {
    private let discovery = "https://acme.example/.well-known/openid-configuration"
    private let keys = "https://acme.example/id/keys"
    private let now = TokenMother.now

    private func fetcher(issuer: String = TokenMother.issuer, jwksURI: String? = nil, kid: String = TokenMother.kid)
        throws -> FakeFetcher
    {
        let fetcher = FakeFetcher()
        fetcher.put(discovery, Array(#"{"issuer":"\#(issuer)","jwks_uri":"\#(jwksURI ?? keys)"}"#.utf8))
        fetcher.put(keys, try TokenMother().jwks(kid: kid))
        return fetcher
    }

    private func verifier(_ fetcher: FakeFetcher, issuer: String = TokenMother.issuer) -> OnlineTokenVerifier {
        OnlineTokenVerifier(
            configuration: VerifierConfiguration(
                issuer: issuer,
                audiences: [TokenMother.audience],
                leeway: .seconds(300)
            ),
            keys: RemoteKeySet(issuer: issuer, fetcher: fetcher, clock: { TokenMother.now })
        )
    }

    private func reason(_ verifier: OnlineTokenVerifier, _ token: String, at moment: Timestamp) async -> TokenRefusal
        .Reason?
    {
        do {
            _ = try await verifier.verify(token, at: moment)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("OpenID Connect Discovery section 4: keys are found by the discovery document and kept")
    func kept() async throws {
        let fetcher = try fetcher()
        let verifier = verifier(fetcher)
        let token = try TokenMother().token()
        for _ in 0..<5 { #expect(await reason(verifier, token, at: now) == nil) }
        #expect(fetcher.count(keys) == 1)
    }

    @Test("OpenID Connect Discovery section 4.3: a document that names another issuer is not believed")
    func otherIssuer() async throws {
        let verifier = verifier(try fetcher(issuer: "https://evil.example"))
        guard case .keysUnavailable(let why) = await reason(verifier, try TokenMother().token(), at: now) else {
            Issue.record("the document was believed")
            return
        }
        #expect(why.contains("'https://evil.example'"))
    }

    @Test("OpenID Connect Discovery section 4: a slash at the end of the issuer goes before the path of the document")
    func slash() async throws {
        let fetcher = try fetcher()
        let reason = await reason(
            verifier(fetcher, issuer: "https://acme.example/"),
            try TokenMother().token(),
            at: now
        )
        guard case .keysUnavailable(let why) = reason else {
            Issue.record("another issuer was believed")
            return
        }
        #expect(fetcher.count(discovery) == 1)
        #expect(why.contains("not 'https://acme.example/'"))
    }

    @Test("tokens 6: keys at another host than the issuer's are not fetched")
    func otherHost() async throws {
        for uri in [
            "https://evil.example/keys", "https://acme.example.evil.example/keys",
            "https://acme.example@evil.example/keys",
        ] {
            let fetcher = try fetcher(jwksURI: uri)
            _ = await reason(verifier(fetcher), try TokenMother().token(), at: now)
            #expect(fetcher.count(uri) == 0)
        }
    }

    @Test("tokens 6: an issuer without https is refused off this machine, and nothing is fetched")
    func plainHTTP() async throws {
        for issuer in [
            "http://acme.example", "http://localhost.evil.example", "ftp://acme.example",
            "http://127.0.0.1.evil.example",
            "http://127.1", "http://[::2]", "HTTP://localhost", "//localhost", "localhost", "",
        ] {
            let fetcher = FakeFetcher()
            _ = await reason(verifier(fetcher, issuer: issuer), try TokenMother().token(), at: now)
            #expect(fetcher.state.withLock { $0.asked.isEmpty })
        }
    }

    @Test(
        "RFC 8414 section 2: an issuer with user information, a query, a fragment or an odd host is refused, and nothing is fetched",
        arguments: [
            "http://localhost:x@evil.example", "http://localhost:80@evil.example", "http://localhost@evil.example",
            "https://acme.example@evil.example", "https://user:secret@acme.example", "https://@acme.example",
            "https://acme.example?", "https://acme.example?x=1", "https://acme.example/a?x=1", "https://acme.example#",
            "https://acme.example/#a", "https://", "https:///a", "https://acme.example:", "https://acme.example:port",
            "https://acme.example:1234567", "https://acme.example\\@evil.example", "https://acme.example\n",
            "https://acme .example", "https://acme%2eexample", "https://ac\u{212A}e.example", "https://[::1",
            "https://[]",
            "https://[::1]x", "https://[::g]", "http://[::1]@evil.example", "https://acme.example/\u{E9}",
        ]
    )
    func oddIssuer(issuer: String) async throws {
        let fetcher = FakeFetcher()
        let refused = await reason(verifier(fetcher, issuer: issuer), try TokenMother().token(), at: now)
        guard case .keysUnavailable(let why)? = refused else {
            Issue.record("the issuer was taken")
            return
        }
        #expect(!why.contains("secret"))
        #expect(fetcher.state.withLock { $0.asked.isEmpty })
    }

    @Test(
        "tokens 6: an https issuer, with a port or a path, and one on this machine are asked for their discovery document",
        arguments: [
            "https://acme.example", "https://acme.example:8443", "https://acme.example/org/a_b~c",
            "https://[2001:db8::1]",
            "http://localhost", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080/a",
        ]
    )
    func goodIssuer(issuer: String) async throws {
        let fetcher = FakeFetcher()
        _ = await reason(verifier(fetcher, issuer: issuer), try TokenMother().token(), at: now)
        #expect(fetcher.state.withLock { $0.asked } == [issuer + "/.well-known/openid-configuration"])
    }

    @Test("security 1.4: an unknown kid leads to one fetch however many ask, and to none within the minimum interval")
    func unknownKey() async throws {
        let fetcher = try fetcher()
        let verifier = verifier(fetcher)
        #expect(await reason(verifier, try TokenMother().token(), at: now) == nil)
        let unknown = try TokenMother().header("kid", #""CORE_ATJWT.new""#).token()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { #expect(await reason(verifier, unknown, at: now + .seconds(11)) == .unknownKey) }
            }
        }
        #expect(fetcher.count(keys) == 2)
        #expect(await reason(verifier, unknown, at: now + .seconds(12)) == .unknownKey)
        #expect(fetcher.count(keys) == 2)
        fetcher.put(keys, try TokenMother().jwks(kid: "CORE_ATJWT.new"))
        #expect(await reason(verifier, unknown, at: now + .seconds(22)) == nil)
    }

    @Test("issue 5: kept keys outlive an unreachable issuer for the stated time and no longer")
    func outage() async throws {
        let fetcher = try fetcher()
        let verifier = verifier(fetcher)
        let mother = try TokenMother()
        #expect(await reason(verifier, try mother.token(), at: now) == nil)
        fetcher.put(discovery, nil)
        let late = try mother.claim("exp", "1730996695").token()
        #expect(await reason(verifier, late, at: now + .hours(23)) == nil)
        guard case .keysUnavailable = await reason(verifier, late, at: now + .hours(25)) else {
            Issue.record("keys were used past their time")
            return
        }
    }
}
