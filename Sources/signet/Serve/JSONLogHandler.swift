import Foundation
import Logging
import OAuthTypes
import WebServer

/// Writes each log entry as one JSON object on one line of standard error: `time`, `level`, `message`, then the metadata.
///
/// A line goes out in one `write`, so that lines of several threads do not mix and none is held back in a buffer.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    let clock: WallClock

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = line(event)
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            // A log that cannot be written must not stop the server, and there is nowhere else to say so.
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }

    /// The web framework's own names, as the log calls them.
    private static let names = ["hb.request.id": "request_id"]

    /// Numbers stay numbers, so that a log can be summed and compared.
    private static func add(_ value: Logger.MetadataValue, named name: String, to json: inout JSONWriter) {
        switch value {
        case .stringConvertible(let number as Int): json.member(named: name, number)
        case .stringConvertible(let number as Int64): json.member(named: name, number)
        default: json.member(named: name, value.description)
        }
    }

    func line(_ event: LogEvent) -> [UInt8] {
        JSONWriter.object(capacity: 384) { json in
            json.member("time", clock.now.rfc3339)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            let facts = metadata.merging(event.metadata ?? [:]) { _, event in event }
            for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
                Self.add(value, named: Self.names[name] ?? name, to: &json)
            }
            if let error = event.error {
                json.member("error", String(reflecting: type(of: error)))
                json.member("reason", "\(error)")
            }
        }
    }
}

/// The form of the log.
enum LogFormat: String, CaseIterable {
    /// One JSON object for each line: the default where no person reads along.
    case json
    /// Readable lines: the default on a terminal.
    case text

    /// The form that suits standard error as it is.
    static var suitable: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }

    /// A logger of this form.
    func logger(_ level: Logger.Level) -> Logger {
        var logger =
            switch self {
            case .json: Logger(label: "signet") { _ in JSONLogHandler(clock: .system) }
            case .text: Logger(label: "signet")
            }
        logger.logLevel = level
        return logger
    }
}
