import Logging
import OAuthTypes
import Testing
import WebServer

@testable import signet

@Suite("Output")
struct OutputTests {
    @Test("issue 2.2: a log entry is one JSON object with numbers as numbers and no raw line break")
    func logLine() throws {
        var handler = JSONLogHandler(clock: WallClock { Timestamp(milliseconds: 951_827_696_789) })
        handler.metadata = ["hb.request.id": "r-1"]
        let event = LogEvent(
            level: .info,
            message: "request",
            metadata: [
                "status": .stringConvertible(200), "path": "/a\n\"b\"", "duration_us": .stringConvertible(Int64(7)),
            ],
            source: nil,
            file: "",
            function: "",
            line: 1
        )
        let text = String(decoding: handler.line(event), as: UTF8.self)
        #expect(
            text
                == #"{"time":"2000-02-29T12:34:56.789Z","level":"info","message":"request","duration_us":7,"#
                + #""request_id":"r-1","path":"/a\u000a\"b\"","status":200}"#
        )
    }

    @Test(
        "issue 2.2: times are told in words, rounded",
        arguments: [
            (0, "now"), (1, "in 1 second"), (1_799, "in 30 minutes"), (-90_000, "25 hours ago"),
            (-172_800, "2 days ago"),
        ]
            as [(Int64, String)]
    )
    func words(seconds: Int64, words: String) {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(TimeWords.text(now + .seconds(seconds), now: now).hasSuffix("(\(words))"))
    }

    @Test("issue 2.2: --at takes seconds and RFC 3339, and nothing else")
    func moments() throws {
        #expect(try TimeWords.moment("1800000000") == Timestamp(seconds: 1_800_000_000))
        #expect(try TimeWords.moment("2000-02-29T12:34:56Z") == Timestamp(seconds: 951_827_696))
        for text in ["", "tomorrow", "-1", "2000-13-01T00:00:00Z"] {
            #expect(throws: (any Error).self) { try TimeWords.moment(text) }
        }
    }
}
