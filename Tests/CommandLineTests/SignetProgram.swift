import Foundation
import OAuthTypes
import Testing

/// The built program, run as a person or a script runs it.
struct SignetProgram {
    struct Result {
        let code: Int32
        let output: String
        let errors: String

        func json() throws -> JSONValue {
            try JSONScanner.value(Array(output.trimmingCharacters(in: .whitespacesAndNewlines).utf8))
        }
    }

    /// A folder of its own, removed with ``remove()``.
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/signet-cli-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var data: String { folder + "/data" }

    /// The program with arguments, not started yet. Its sessions are those of this folder.
    func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        // The program is built into the folder of the test bundle.
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = bundle.appendingPathComponent("signet")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("SIGNET_") && $0.key != "SSL_CERT_FILE" }
            .merging(["XDG_CONFIG_HOME": folder + "/config"]) { $1 }.merging(environment) { $1 }
        return process
    }

    /// Runs the program to its end.
    ///
    /// - Parameter directory: the folder that it is run in; `nil` for that of the tests.
    func run(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        directory: String? = nil
    ) throws -> Result {
        let process = process(arguments, environment: environment)
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        let (output, errors, given) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = given
        try process.run()
        given.fileHandleForWriting.write(Data(input.utf8))
        try given.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let problem = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: problem, as: UTF8.self)
        )
    }

    /// A data directory that is ready, and what init said.
    func initialized(at url: String = "http://localhost:8080") throws -> JSONObject {
        let result = try run(["init", "--data", data, "--base-url", url, "--output", "json"])
        try #require(result.code == 0, "\(result.errors)")
        return try #require(try result.json().object)
    }

    func write(_ path: String, _ text: String) throws {
        let full = folder + "/" + path
        try FileManager.default.createDirectory(
            atPath: (full as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: URL(fileURLWithPath: full))
        // As signet itself makes files: for their owner alone.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: full)
    }
}
