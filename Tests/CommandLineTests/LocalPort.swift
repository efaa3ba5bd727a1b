import Foundation
import Testing

/// Ports of this machine.
enum LocalPort {
    /// Holds a port for as long as a closure runs.
    static func holding<Result>(_ body: (UInt16) throws -> Result) throws -> Result {
        try holding { _, port in try body(port) }
    }

    private static func holding<Result>(_ body: (_ listener: Int32, UInt16) throws -> Result) throws -> Result {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            // Nobody waits for a connection any more.
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, pointer, &length) == 0
            } ? UInt16(bigEndian: pointer.pointee.sin_port) : 0
        }
        try #require(port > 0)
        return try body(listener, port)
    }

    /// Answers one request with JSON and is gone, for as long as a closure runs.
    static func answeringOnce(
        _ json: String,
        status: String = "200 OK",
        _ body: (UInt16) throws -> Void
    ) throws {
        try holding { listener, port in
            Thread.detachNewThread {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                // Who asks again is refused.
                shutdown(listener, Int32(SHUT_RDWR))
                let request = FileHandle(fileDescriptor: connection, closeOnDealloc: true)
                var received = Data()
                while !isWhole(received), case let data = request.availableData, !data.isEmpty { received += data }
                request.write(
                    Data(
                        "HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
                            .utf8
                    )
                )
            }
            try body(port)
        }
    }

    /// Whether a request has come with its body.
    private static func isWhole(_ request: Data) -> Bool {
        guard let end = request.firstRange(of: Data("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let length = line.flatMap { Int($0.dropFirst("content-length:".count).drop(while: \.isWhitespace)) } ?? 0
        return request.count >= end.upperBound + length
    }

    /// A port that is free at the moment.
    static func free() throws -> UInt16 { try holding { $0 } }
}
