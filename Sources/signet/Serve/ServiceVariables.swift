/// The environment variables that Kubernetes and Docker set in every container for each service by its name: a service called
/// `signet` gives `SIGNET_PORT=tcp://10.0.0.1:80`. They are not ours and must not stop the start.
enum ServiceVariables {
    /// Whether a variable is one of them.
    static func has(_ name: String, _ value: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        let isAddress = ["tcp://", "udp://", "sctp://"].contains(where: value.hasPrefix)
        return name.hasSuffix("_PORT") && isAddress || isOfPort(name)
    }

    /// `…_PORT_80_TCP`, alone or with `_PROTO`, `_PORT` or `_ADDR`.
    private static func isOfPort(_ name: String) -> Bool {
        let words = name.split(separator: "_")
        return words.indices.contains { index in
            words[index] == "PORT" && index + 2 < words.endIndex && UInt16(words[index + 1]) != nil
                && ["TCP", "UDP", "SCTP"].contains(words[index + 2])
        }
    }
}
