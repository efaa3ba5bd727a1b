import Foundation
import OAuthTypes
import Testing

@Suite("ExactText")
struct ExactTextTests {
    /// Texts that Unicode holds for the same and that are not the same bytes.
    private static let pairs = [
        ("K", "\u{212A}"), (";", "\u{37E}"), ("\u{E9}", "e\u{301}"), ("a\u{301}\u{323}", "a\u{323}\u{301}"),
        ("\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}"),
    ]

    @Test("RFC 7515 section 5.3: texts are the same if their bytes are, whatever Unicode holds for the same")
    func comparison() {
        for (left, right) in Self.pairs {
            #expect(left == right)
            #expect(!left.isExactly(right))
            #expect(left.isExactly(String(decoding: Array(left.utf8), as: UTF8.self)))
            #expect(Set([ExactText(left), ExactText(right), ExactText(left)]).count == 2)
        }
        #expect("".isExactly(""))
        #expect(!"a".isExactly(""))
        #expect(!"a".isExactly("ab"))
        #expect(!"exp".isExactly("exq"))
        let long = String(repeating: "x", count: 100)
        #expect(long.isExactly(long))
        #expect(!long.isExactly(long + "x"))
        #expect(!long.isExactly("y" + long.dropFirst()))
    }

    @Test("RFC 7515 section 5.3: texts that are not stored as UTF-8 in one run are compared just so")
    func foreignStorage() {
        let bridged = NSString(string: "ka\u{301}\u{323}") as String
        #expect(bridged.isExactly("ka\u{301}\u{323}"))
        #expect(!bridged.isExactly("ka\u{323}\u{301}"))
    }

    @Test("RFC 8259 section 8.3: member names that differ in their bytes are two, in small objects and large ones")
    func memberNames() throws {
        for padding in [0, 40] {
            let others = (0..<padding).map { "\"m\($0)\":0," }.joined()
            let object = try JSONScanner.object(Array("{\(others)\"K\":1,\"\u{212A}\":2}".utf8))
            #expect(object["K"]?.integer == 1)
            #expect(object["\u{212A}"]?.integer == 2)
            #expect(object.members.count == padding + 2)
            #expect(throws: JSONScanner.Failure.duplicateMember("K")) {
                try JSONScanner.object(Array("{\(others)\"K\":1,\"\\u004b\":2}".utf8))
            }
        }
    }
}
