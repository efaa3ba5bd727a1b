import Orgs
import Testing

struct IPAddressTests {
    @Test(
        "RFC 4291 section 2.2 and RFC 5952 section 4: an address is read in its forms and written in the canonical one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::", "::"), ("::1", "::1"), ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("FF01::101", "ff01::101"), ("1::", "1::"), ("::ffff:192.0.2.128", "192.0.2.128"),
            ("::13.1.68.3", "::d01:4403"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ]
    )
    func canonical(text: String, expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test(
        "RFC 4291 section 2.2: every text that is not an address in a strict form is refused",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-4", " 1.2.3.4", "1.2.3.4 ", "0x1.2.3.4",
            "1.2.3.",
            ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "fe80::1%eth0", "[::1]", "g::",
            "1.2.3.4::", "::1.2.3", "1:2:3:4:5:6:7:8::", "::1.2.3.4:5", "١.2.3.4", "::1:",
        ]
    )
    func refused(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("RFC 4291 section 2.5.5.2: the network bytes of a mapped address are the IPv4 address")
    func bytes() {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1]
        #expect(IPAddress(networkBytes: mapped) == IPAddress("192.0.2.1"))
        #expect(IPAddress(networkBytes: [192, 0, 2, 1]) == IPAddress("192.0.2.1"))
        #expect(IPAddress(networkBytes: [1, 2, 3]) == nil)
    }

    @Test("RFC 1122 section 3.2.1.3 and RFC 4291 section 2.5.3: loopback is 127.0.0.0/8 and ::1")
    func loopback() throws {
        for text in ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"] {
            #expect(try #require(IPAddress(text)).isLoopback)
        }
        for text in ["128.0.0.1", "126.0.0.1", "::2", "::"] {
            #expect(try #require(IPAddress(text)).isLoopback == false)
        }
    }

    @Test("RFC 4632 section 3.1, RFC 4291 section 2.3: a network is its prefix and every address behind it")
    func networks() throws {
        for (text, range) in [
            ("192.0.2.0/24", "192.0.2.0-192.0.2.255"), ("10.0.0.0/8", "10.0.0.0-10.255.255.255"),
            ("0.0.0.0/0", "0.0.0.0-255.255.255.255"), ("192.0.2.7/32", "192.0.2.7-192.0.2.7"),
            ("192.0.2.7", "192.0.2.7-192.0.2.7"), ("2001:db8::/64", "2001:db8::-2001:db8::ffff:ffff:ffff:ffff"),
            ("2001:db8::/32", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db8::1", "2001:db8::1-2001:db8::1"), ("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            #expect(IPRange(cidr: text)?.description == range)
        }
        for text in [
            "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.1/24", "192.0.2.0/24/24", "192.0.2.0/+8", "192.0.2.0/-1",
            "2001:db8::/129", "2001:db8::1/64", "proxy.example", "10/8",
        ] {
            #expect(IPRange(cidr: text) == nil, "\(text)")
        }
    }

    @Test("app-model 8.4: a range holds both its ends and nothing beside them, version by version")
    func ranges() throws {
        let (low, high) = (try #require(IPAddress("10.0.0.5")), try #require(IPAddress("10.0.1.0")))
        let range = try #require(IPRange(start: low, end: high))
        for text in ["10.0.0.5", "10.0.0.255", "10.0.1.0", "::ffff:10.0.0.6"] {
            #expect(range.contains(try #require(IPAddress(text))))
        }
        for text in ["10.0.0.4", "10.0.1.1", "::a00:6", "2001:db8::1"] {
            #expect(!range.contains(try #require(IPAddress(text))))
        }
        let (first, last) = (try #require(IPAddress("2001:db8::")), try #require(IPAddress("2001:db8::ffff")))
        let six = try #require(IPRange(start: first, end: last))
        #expect([range, six].contains(try #require(IPAddress("2001:db8::12"))))
        #expect(![range, six].contains(try #require(IPAddress("2001:db8::1:0"))))
        #expect(IPRange(start: six.end, end: six.start) == nil)
        #expect([range, six].map { $0.addressCount(upTo: 1_000_000) } == [252, 65_536])
        #expect([range, six].map { $0.addressCount(upTo: 251) } == [251, 251])
        let wide = try #require(IPRange(cidr: "2001:db8::/32"))
        #expect(wide.addressCount(upTo: .max) == .max)
        #expect(IPRange(start: range.start, end: six.end) == nil)
    }
}
