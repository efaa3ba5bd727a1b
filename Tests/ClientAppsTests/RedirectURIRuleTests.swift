import ClientApps
import Testing

struct RedirectURIRuleTests {
    @Test(
        "RFC 9700 section 4.1.3: a callback URL that must not be redirected to is refused",
        arguments: [
            "HTTPS://orders.example/cb", "Https://orders.example/cb", "MyApp://cb",
            "", "/path", "//host/path", "javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd", "blob:https://x", "about:blank", "ws://x/", "https://", "https:///path", "https:x",
            "http://example.com/", "http://localhost.example.com/", "http://localhost:80@evil.example/",
            "https://u:p@x.example/",
            "https://x.example/#f", "https://x.example/\\y", "https://x.example\\@evil.example/",
            "https://x.example/ y",
            "https://x.example/\ty", "https://x.example/\r\nLocation:x", "https://x.example/é",
            "https://x.example:port/",
            "https://x.example:99999/", "http://127.0.0.1.evil.example/", "http://[::1", "1a://x", "myapp:",
        ]
    )
    func refused(uri: String) {
        #expect(throws: MetadataError.self) { try RedirectURIRule.check(uri) }
        #expect(!RedirectURIRule.matches(registered: [uri], presented: uri))
    }

    @Test(
        "RFC 8252 section 7: https, loopback http and private schemes are accepted",
        arguments: [
            "https://x.example", "https://x.example:8443/a?b=c", "http://localhost:3000/cb", "http://127.0.0.1/cb",
            "http://[::1]:9/cb", "com.example.app:/oauth", "myapp://callback",
        ]
    )
    func accepted(uri: String) throws {
        try RedirectURIRule.check(uri)
        #expect(RedirectURIRule.matches(registered: [uri], presented: uri))
    }

    @Test(
        "RFC 8252 section 7.3: only the port of a loopback IP address may differ",
        arguments: [
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true),
            ("http://[::1]:1/cb", "http://[::1]:2/cb", true),
            ("http://localhost/cb", "http://localhost:51004/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb2", false),
            ("http://127.0.0.1/cb", "http://[::1]/cb", false), ("https://x.example/cb", "https://x.example/cb/", false),
            ("https://x.example/cb", "https://X.example/cb", false),
            ("https://x.example/cb", "https://x.example:443/cb", false),
            ("https://x.example/cb", "https://x.example/cb?a=b", false),
            ("https://x.example/cb", "https://x.example/%63b", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb", false),
        ]
    )
    func matches(registered: String, presented: String, expected: Bool) {
        #expect(RedirectURIRule.matches(registered: [registered], presented: presented) == expected)
    }
}
