import Foundation
import Testing

/// Ports of this machine.
enum LocalPort {
    /// Holds a port for as long as a closure runs.
    static func holding<Result>(_ body: (UInt16) throws -> Result) throws -> Result {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
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
        return try body(port)
    }

    /// A port that is free at the moment.
    static func free() throws -> UInt16 { try holding { $0 } }
}
