import Foundation
import TestInputs
import Testing

/// The fuzz targets for a moment; `scripts/fuzz` runs them at length, with a fuzzer that looks at what the code does.
@Suite("Fuzz targets")
struct FuzzTests {
    /// How many inputs each target gets.
    private static let count = ProcessInfo.processInfo.environment["SIGNET_FUZZ_INPUTS"].flatMap { Int($0) } ?? 400
    /// More CPU time than any input of 64 KiB may take in a build without optimization, in seconds.
    private static let longest = 5.0

    @Test(
        "threat-model: whatever bytes come, nothing traps, a refusal is clear, and what is accepted is the same when it is read again",
        arguments: FuzzTarget.allCases
    )
    func anyBytes(target: FuzzTarget) throws {
        let corpus = (0..<3).flatMap { target.corpus(seed: $0) }
        for good in corpus { try target.check(good) }
        var mutator = Mutator(seed: 1, corpus: corpus, words: target.words)
        for number in 0..<Self.count {
            let input = mutator.next()
            let start = Self.cpuSeconds()
            do {
                try target.check(input)
            } catch {
                Issue.record("input \(number): \(error); in base64: \(Data(input).base64EncodedString())")
                return
            }
            #expect(Self.cpuSeconds() - start < Self.longest, "input \(number) of \(input.count) bytes")
        }
    }

    @Test("app-model 1 and 2: the corpus of documents is of good ones", arguments: 0..<3 as Range<UInt64>)
    func corpus(seed: UInt64) throws {
        for document in FuzzTarget.metadata.corpus(seed: seed) {
            #expect(try FuzzTarget.metadata.check(document), "\(String(decoding: document, as: UTF8.self))")
        }
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
