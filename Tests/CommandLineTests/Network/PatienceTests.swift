import NIOCore
import Testing

@testable import signet

@Suite("Patience with a server")
struct PatienceTests {
    @Test(
        "app-model 11.4: the largest archive can be sent over a line of 512 kbit/s, and what is small is given up on after a minute"
    )
    func uploads() {
        let seconds = WebClient.patience(sending: 39_000_000).nanoseconds / 1_000_000_000
        #expect(seconds > 39_000_000 * 8 / 512_000)
        #expect(WebClient.patience(sending: 0) == .seconds(60))
        #expect(WebClient.patience(sending: 2_000) == .seconds(60))
    }

    @Test("app-model 11.5: a server that is away for a moment is asked again, and one that stays away is given up on")
    func away() async throws {
        let away = CommandFailure("away", mayPass: true)
        var asked = 0
        let answer = try await Patience.poll(from: .zero) {
            asked += 1
            if asked % 3 != 0 { throw away }
            return asked == 9 ? asked : nil
        }
        #expect(answer == 9)

        asked = 0
        await #expect(throws: CommandFailure.self) {
            try await Patience.poll(from: .zero) { () -> Int? in
                asked += 1
                throw away
            }
        }
        #expect(asked == 6)
    }

    @Test("app-model 11.5: a refusal is told at once")
    func refused() async throws {
        var asked = 0
        await #expect(throws: CommandFailure.self) {
            try await Patience.poll(from: .zero) { () -> Int? in
                asked += 1
                throw CommandFailure("refused")
            }
        }
        #expect(asked == 1)
    }
}
