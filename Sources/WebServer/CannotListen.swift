import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says why the server cannot listen on its address.
public struct CannotListen: Error, CustomStringConvertible {
    /// The address, what is the matter with it, and what to do.
    public let description: String

    /// What an error of the start means; `nil` for one that is not about listening.
    ///
    /// - Parameters:
    ///   - host: the address that was to be listened on.
    ///   - port: its port.
    public init?(_ error: any Error, host: String, port: Int) {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            description =
                "\(address) is in use by another program: end that, or choose another port with --port"
        case EACCES, EPERM:
            description =
                "\(address) may not be listened on: ports below 1024 need a privilege; choose another with --port"
        case EADDRNOTAVAIL:
            description = "this machine has no address \(host); choose one that it has with --host"
        default:
            guard error is SocketAddressError || error is SocketAddressError.UnknownHost else { return nil }
            description = "\(host) is no address of this machine; choose one that it has with --host"
        }
    }
}
