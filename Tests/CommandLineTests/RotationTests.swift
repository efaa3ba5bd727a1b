import Foundation
import OAuthTypes
import Testing

@Suite("app rotate")
struct RotationTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program)
    }

    private func rotate(_ program: SignetProgram, _ options: String...) throws -> JSONObject {
        let result = try program.run(
            ["app", "rotate", "Sample"] + options + ["--data", program.data, "--output", "json"]
        )
        #expect(result.code == 0, "\(result.errors)")
        return try #require(try result.json().object)
    }

    private func key(_ program: SignetProgram) throws -> String? {
        let shown = try program.run(["app", "show", "Sample", "--data", program.data, "--output", "json"])
        return try shown.json().object?["consumerKey"]?.string
    }

    @Test("issue 3.2: an operator stages a pair, applies it with an overlap, and ends the overlap")
    func overlap() throws {
        try with { program in
            let before = try key(program)
            let staged = try rotate(program, "--staged")
            #expect(staged["consumerSecret"]?.string?.count == 64 && staged["expiresAt"]?.string != nil)
            #expect(try key(program) == before)
            let again = try program.run(["app", "rotate", "Sample", "--staged", "--data", program.data])
            #expect(again.code == 1 && again.errors.contains("has a staged pair already"))
            let applied = try rotate(program, "--apply", "--overlap-days", "3")
            #expect(applied["consumerKey"]?.string == staged["consumerKey"]?.string)
            #expect(applied["oldConsumerKey"]?.string == before && applied["oldExpiresAt"]?.string != nil)
            #expect(applied["consumerSecret"] == nil)
            #expect(try key(program) == staged["consumerKey"]?.string)
            let discarded = try rotate(program, "--discard")
            #expect(discarded["discardedConsumerKeys"]?.array?.map(\.string) == [before])
            for option in ["--apply", "--discard"] {
                let empty = try program.run(["app", "rotate", "Sample", option, "--data", program.data])
                #expect(empty.code == 1 && empty.errors.contains("no other pair than its present one; stage one first"))
            }
        }
    }

    @Test("issue 3.2: an operator replaces the key, the secret or both at once")
    func replacement() throws {
        try with { program in
            let before = try key(program)
            let secret = try rotate(program, "--secret")
            #expect(secret["consumerKey"]?.string == before && secret["consumerSecret"]?.string != nil)
            let key = try rotate(program, "--key")
            #expect(key["consumerKey"]?.string != before && key["consumerSecret"] == nil)
            let both = try rotate(program, "--key", "--secret")
            #expect(both["consumerKey"]?.string != key["consumerKey"]?.string)
            #expect(both["consumerSecret"]?.string != nil)
        }
    }

    @Test(
        "issue 3.2: a rotation that does not say what it is to do, or two things, is a wrong call",
        arguments: [
            [], ["--staged", "--apply"], ["--staged", "--key"], ["--discard", "--secret"], ["--overlap-days", "3"],
            ["--apply", "--overlap-days", "31"], ["--staged", "--overlap-days", "3"],
        ]
    )
    func wrongCalls(_ options: [String]) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        #expect(try program.run(["app", "rotate", "Sample"] + options + ["--data", program.data]).code == 2)
    }

    @Test("issue 3.2: the org's switch and overlap are set and shown")
    func orgSettings() throws {
        try with { program in
            func shown(_ command: String...) throws -> JSONObject {
                let result = try program.run(["org"] + command + ["--data", program.data, "--output", "json"])
                return try #require(try result.json().object)
            }
            let before = try shown("show")
            #expect(before["isRestSecretAccessEnabled"] == .bool(false))
            #expect(before["credentialOverlapDays"]?.integer == 30)
            _ = try shown("set", "--rest-secrets", "on", "--credential-overlap", "7")
            let after = try shown("show")
            #expect(after["isRestSecretAccessEnabled"] == .bool(true))
            #expect(after["credentialOverlapDays"]?.integer == 7)
            let wrong = try program.run(["org", "set", "--credential-overlap", "31", "--data", program.data])
            #expect(wrong.code == 2)
        }
    }
}
