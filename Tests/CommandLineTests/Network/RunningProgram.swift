import Foundation
import Synchronization
import Testing

/// The program while it runs: its standard error is read as it comes, so that a test waits for what it says and for no time.
final class RunningProgram: Sendable {
    private struct State {
        var errors = ""
        var isEnded = false
    }

    private let process: Process
    private let output = Pipe()
    private let input = Pipe()
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    init(_ process: Process) throws {
        self.process = process
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
        try process.run()
        Thread.detachNewThread { [self] in
            while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
                state.withLock { $0.errors += String(decoding: data, as: UTF8.self) }
                news.signal()
            }
            state.withLock { $0.isEnded = true }
            news.signal()
        }
    }

    /// The first line of standard error that begins with a text or has it in it, waited for until the program ends.
    func line(with text: String) throws -> String {
        while true {
            let (errors, isEnded) = state.withLock { ($0.errors, $0.isEnded) }
            let whole = errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast(isEnded ? 0 : 1)
            if let line = whole.first(where: { $0.contains(text) }) { return String(line) }
            try #require(!isEnded, "the program ended without '\(text)': \(errors)")
            news.wait()
        }
    }

    func type(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

    /// What it printed, once it has ended by itself.
    func result() -> SignetProgram.Result {
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        while !state.withLock({ $0.isEnded }) { news.wait() }
        return SignetProgram.Result(
            code: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            errors: state.withLock { $0.errors }
        )
    }

    func stop() {
        process.terminate()
        _ = result()
    }
}
