import OAuthTypes
import Testing

struct SpellingTests {
    @Test("security 1.16: of a name without end its beginning alone is compared with those that were meant")
    func endlessName() {
        let endless = "labell" + String(repeating: "x", count: 1_000_000)
        #expect(Spelling.closest(to: endless, in: ["label", "iconUrl"])?.name == "label")
    }

    @Test("app-model 11.6: the closest name is the one that differs in the fewest letters, whatever their case")
    func closest() throws {
        let found = try #require(Spelling.closest(to: "ICNURL", in: ["label", "iconUrl"]))
        #expect(found == (name: "iconUrl", distance: 1))
        #expect(Spelling.closest(to: "label", in: []) == nil)
    }
}
