import HTTPTypes
import Orgs
import Testing

@testable import WebServer

@Suite("Trusted proxies")
struct TrustedProxyTests {
    private let proxies = TrustedProxies(ranges: ["10.0.0.0/8", "2001:db8:1::/48"].compactMap { IPRange(cidr: $0) })

    private func source(_ peer: String, _ headers: [(String, String)]) throws -> String? {
        var fields = HTTPFields()
        for (name, value) in headers {
            fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return proxies.source(peer: IPAddress(peer), headers: fields)?.description
    }

    @Test("RFC 7239 section 8.1: what a peer that is not listed says about its source counts nothing")
    func stranger() throws {
        for name in ["X-Forwarded-For", "Forwarded"] {
            #expect(try source("192.0.2.1", [(name, "for=10.0.0.9")]) == "192.0.2.1")
            #expect(try source("192.0.2.1", [(name, "198.51.100.7")]) == "192.0.2.1")
        }
        #expect(try source("10.0.0.1", []) == "10.0.0.1")
    }

    @Test(
        "RFC 7239 section 8.1: the source is the right-most address that is no listed proxy, whatever a client wrote before it",
        arguments: [
            ("198.51.100.7", "198.51.100.7"), ("10.0.0.9", "10.0.0.9"), ("198.51.100.7, 10.0.0.9", "198.51.100.7"),
            ("127.0.0.1, 198.51.100.7 ,10.0.0.9,10.1.1.1", "198.51.100.7"),
            ("garbage, 198.51.100.7", "198.51.100.7"), ("198.51.100.7:4711", "198.51.100.7"),
            ("2001:db8::7", "2001:db8::7"), ("[2001:db8::7]:4711", "2001:db8::7"),
            ("2001:db8::7, 2001:db8:1::5", "2001:db8::7"), ("::ffff:198.51.100.7", "198.51.100.7"),
            ("198.51.100.7, garbage", nil), ("unknown", nil), ("198.51.100.7, 10.0.0.1 10.0.0.2", nil),
        ] as [(String, String?)]
    )
    func rightMost(_ list: String, _ expected: String?) throws {
        #expect(try source("10.0.0.1", [("X-Forwarded-For", list)]) == expected)
    }

    @Test("RFC 9110 section 5.3: several lines of a header are one list, in their order")
    func lines() throws {
        let lines = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "198.51.100.7")]
        #expect(try source("10.0.0.1", lines) == "198.51.100.7")
    }

    @Test(
        "RFC 7239 section 4: Forwarded is read with its quotes, parameters and case",
        arguments: [
            ("for=198.51.100.7", "198.51.100.7"), ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.43, for=198.51.100.17;by=10.0.0.3;proto=http;host=example.com", "198.51.100.17"),
            ("for=198.51.100.7;by=\"a,b;for=192.0.2.1\"", "198.51.100.7"), ("by=10.0.0.3", nil),
            ("for=unknown", nil), ("for=\"_gazonk\"", nil), ("for=198.51.100.7, for=_mdn", nil),
        ] as [(String, String?)]
    )
    func forwarded(_ list: String, _ expected: String?) throws {
        #expect(try source("10.0.0.1", [("Forwarded", list)]) == expected)
    }

    @Test(
        "RFC 7239 section 8.1: two headers that disagree leave no source, since a client may have written one of them"
    )
    func disagreement() throws {
        let agreeing = [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.7")]
        #expect(try source("10.0.0.1", agreeing) == "198.51.100.7")
        let other = [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=192.0.2.1")]
        #expect(try source("10.0.0.1", other) == nil)
    }

    @Test(
        "RFC 7239 section 8.1: nothing that a client wrote hides the address that a proxy appends to X-Forwarded-For",
        arguments: [
            (["192.168.1.1:\", 203.0.113.5"], "203.0.113.5"), (["192.168.1.1:\"", "203.0.113.5"], "203.0.113.5"),
            (["[192.168.1.1]\", 203.0.113.5"], "203.0.113.5"), (["\"192.168.1.1, 203.0.113.5"], "203.0.113.5"),
            (["192.168.1.1:\u{600}, 203.0.113.5"], "203.0.113.5"),
            (["192.168.1.1:\u{600}", "203.0.113.5"], "203.0.113.5"),
            (["192.168.1.1\u{200D}, 203.0.113.5"], "203.0.113.5"), (["192.168.1.1\\, 203.0.113.5"], "203.0.113.5"),
        ] as [([String], String?)]
    )
    func appended(_ lines: [String], _ expected: String?) throws {
        #expect(try source("10.0.0.1", lines.map { ("X-Forwarded-For", $0) }) == expected)
    }

    @Test(
        "RFC 7239 section 8.1: a line of Forwarded that breaks the grammar names nobody, whatever quote a client left open",
        arguments: [
            (["for=192.168.1.1:\", for=203.0.113.5"], nil), (["for=\"192.168.1.1:, for=203.0.113.5"], nil),
            (["for=192.168.1.1;x=\", for=203.0.113.5"], nil), (["for=192.168.1.1;x=\", for=\"203.0.113.5\""], nil),
            (["for=192.168.1.1;x=\", for=203.0.113.5;by=\"10.0.0.3\""], nil),
            (["for=192.168.1.1;x=\"\\, for=\"203.0.113.5\""], nil),
            (["for=192.168.1.1;x=\"\u{600}, for=203.0.113.5"], nil),
            (["for=\"192.168.1.1\"x"], nil), (["for=192.168.1.1 for=192.168.1.2"], nil), (["for = 192.168.1.1"], nil),
            (["for=192.168.1.1;for=192.168.1.2"], nil), (["for=192.168.1.1:80"], nil), (["for=\"192.168.1.1\\\""], nil),
            (["for=192.168.1.1;x=\"", "for=203.0.113.5"], "203.0.113.5"), (["for=\"192.168.1.1:80\""], "192.168.1.1"),
            (["for=192.168.1.1; proto=https"], "192.168.1.1"),
        ] as [([String], String?)]
    )
    func openQuote(_ lines: [String], _ expected: String?) throws {
        #expect(try source("10.0.0.1", lines.map { ("Forwarded", $0) }) == expected)
    }

    @Test(
        "RFC 7239 section 6: a node is an address, with brackets for version 6 and a port of digits, to its end",
        arguments: [
            "192.168.1.1:", "192.168.1.1:x", "192.168.1.1:80x", "192.168.1.1:123456", "192.168.1.1:80:80",
            "[2001:db8::7",
            "[2001:db8::7]x", "[2001:db8::7]:", "[2001:db8::7]:8x", "[192.168.1.1]", "[192.168.1.1]:80", "[]", "[",
            ":80",
            "192.168.1.1%eth0", "192.168.1.01", "0x7f.0.0.1", "192.168.1.1:\u{0661}", "\"192.168.1.1\"",
            "\u{FF11}.1.1.1",
        ]
    )
    func strictNode(_ text: String) throws {
        #expect(try source("10.0.0.1", [("X-Forwarded-For", text)]) == nil)
        #expect(try source("10.0.0.1", [("Forwarded", "for=\"\(text)\"")]) == nil)
    }
}
