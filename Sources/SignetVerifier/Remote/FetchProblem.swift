import AsyncHTTPClient
import NIOCore

/// Says in words why a connection failed: the errors of the network libraries are dumps of types, codes and addresses.
package enum FetchProblem {
    /// The words for an error of the HTTP client.
    package static func words(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return words(error) }
        if error is CancellationError { return "the attempt was called off" }
        // The types that say more belong to libraries below the HTTP client; their texts are matched instead.
        let text = "\(type(of: error)): \(error)".lowercased()
        let known = [
            ("connection refused", "nothing listens there"),
            ("certificate_verify_failed", "its certificate is not one that this machine trusts"),
            ("certificate verify failed", "its certificate is not one that this machine trusts"),
            ("unabletovalidatecertificate", "its certificate is not for this name"),
            ("wrong_version_number", "it does not speak TLS; is it http?"),
            ("handshake", "the TLS handshake failed"), ("boringssl", "the TLS handshake failed"),
            ("network is unreachable", "the network is not reachable"), ("no route to host", "there is no route to it"),
            ("connection reset", "it closed the connection"),
            ("nioconnectionerror", "its name is not known, or it does not answer"),
            ("addrinfo", "its name is not known"), ("unknown(host", "its name is not known"),
        ]
        return known.first { text.contains($0.0) }?.1 ?? "the connection failed (\(type(of: error)))"
    }

    private static func words(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout: "it does not answer in time"
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: "this is no URL with a host"
        case .remoteConnectionClosed: "it closed the connection"
        case .tlsHandshakeTimeout: "the TLS handshake does not end in time"
        default: error.shortDescription
        }
    }
}
