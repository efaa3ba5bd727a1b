import ArgumentParser
import Configuration
import Foundation
import Logging
import OAuthTypes
import Orgs
import WebServer

/// What the server was told, from the command line, the environment and a file, read once at start.
struct ServeSettings: Sendable {
    let data: String
    let loginHost: String?
    let host: String?
    /// The port that was asked for; `nil` for the one that the issuer names.
    let port: Int?
    let tlsCertificate: String?
    let tlsKey: String?
    let database: String?
    let refreshTokenGrace: Int
    let isPlainHTTPAllowed: Bool
    let trustedProxies: [IPRange]
    let isExpiresInOmitted: Bool
    let logLevel: Logger.Level
    let logFormat: LogFormat

    /// The keys as a configuration file spells them; the environment spells them `SIGNET_TLS_CERT`.
    private static let keys: Set<String> = [
        "data", "login-host", "host", "port", "tls-cert", "tls-key", "database", "refresh-token-grace",
        "insecure-plain-http",
        "trusted-proxy", "omit-expires-in", "log-level", "log-format",
    ]

    /// Environment variables that are not settings.
    private static let otherVariables: Set<String> = ["SIGNET_CONFIG"]

    init(_ command: ServeCommand) throws {
        let environment = ProcessInfo.processInfo.environment.filter { !ServiceVariables.has($0.key, $0.value) }
        let data = command.data ?? environment["SIGNET_DATA"]
        let file = try Self.fileValues(command.config ?? environment["SIGNET_CONFIG"], data: data)
        try Self.refuseUnknown(environment)
        let reader = ConfigReader(providers: [
            InMemoryProvider(values: Self.values(Self.commandLine(command))),
            InMemoryProvider(values: Self.values(Self.environmentValues(environment))),
            InMemoryProvider(values: Self.values(file)),
        ])
        func text(_ key: String) -> String? { reader.string(forKey: ConfigKey([key])) }
        self.data = text("data") ?? ".signet/data"
        loginHost = text("login-host")
        host = text("host")
        port = try Self.integer(text("port"), "port", 0...65_535)
        tlsCertificate = text("tls-cert")
        tlsKey = text("tls-key")
        database = text("database")
        refreshTokenGrace = try Self.integer(text("refresh-token-grace"), "refresh-token-grace", 0...60) ?? 0
        isPlainHTTPAllowed = try Self.boolean(text("insecure-plain-http"), "insecure-plain-http")
        trustedProxies = try Self.networks(text("trusted-proxy"), "trusted-proxy")
        isExpiresInOmitted = try Self.boolean(text("omit-expires-in"), "omit-expires-in")
        logLevel = try Self.word(text("log-level"), "log-level") ?? .info
        logFormat = try Self.word(text("log-format"), "log-format") ?? .suitable
        try requireSafety()
    }

    /// The files for TLS, if they were named.
    var tls: SignetApplication.TLSFiles? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return .init(certificate: tlsCertificate, key: tlsKey)
    }

    private func requireSafety() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw CommandFailure("--tls-cert and --tls-key go together; give both or neither")
        }
        for (file, option) in [(tlsCertificate, "--tls-cert"), (tlsKey, "--tls-key")] {
            guard let file, let reason = FileProblem.unreadable(file) else { continue }
            throw CommandFailure("the file \(file) of \(option) cannot be read: \(reason)")
        }
        let isLoopback = host == nil || host == "localhost" || host.flatMap { IPAddress($0) }?.isLoopback == true
        guard isLoopback || tlsCertificate != nil || isPlainHTTPAllowed else {
            throw CommandFailure(
                "plain HTTP on \(host ?? "") would show every token to the network; give --tls-cert and --tls-key, or ask for it by name with --insecure-plain-http"
            )
        }
    }

    /// The address to listen on for an org of this issuer: what was asked for, else this machine alone.
    func host(issuer: String) -> String { host ?? (WebOrigin(issuer)?.host == "[::1]" ? "::1" : "127.0.0.1") }

    /// Says of a server that was given no certificate, and whose clients come by https, who has to have the TLS; `nil` for every other server.
    func missingTLS(issuer: String) -> String? {
        guard tlsCertificate == nil, issuer.hasPrefix("https://") else { return nil }
        return
            "the issuer \(issuer) is https, and this server speaks plain HTTP: a proxy must end TLS and pass requests on to \(host(issuer: issuer)):\(port(issuer: issuer)), or give --tls-cert and --tls-key"
    }

    /// The origin of the login host: at the scheme and port of the first org, where all are.
    ///
    /// - Throws: ``CommandFailure`` for what is no host name, and for the host of an org.
    func loginOrigin(beside orgs: [Org]) throws -> String? {
        guard let loginHost, let first = orgs.first else { return nil }
        guard let origin = WebOrigin(first.issuer)?.sibling(host: loginHost) else {
            throw CommandFailure(
                "login-host must be a host name in lower case without scheme, port and path, such as login.example.com; where the first org is \(first.issuer) without TLS, a name under localhost"
            )
        }
        let authority = Authority(origin: origin.text)
        if let org = orgs.first(where: { Authority(origin: $0.issuer).aliases.contains(authority) }) {
            throw CommandFailure("login-host \(loginHost) is the host of the org \(org.name); name another")
        }
        return origin.text
    }

    /// The port to listen on for an org of this issuer: what was asked for, else the port of an issuer on this machine, where
    /// clients will come, else 8080.
    func port(issuer: String) -> Int {
        if let port { return port }
        guard let origin = WebOrigin(issuer), !origin.isHTTPS else { return 8_080 }
        return origin.port ?? 8_080
    }

    private static func commandLine(_ command: ServeCommand) -> [String: String] {
        let given: [String: String?] = [
            "data": command.data, "login-host": command.loginHost, "host": command.host,
            "port": command.port.map(String.init),
            "tls-cert": command.tlsCert,
            "tls-key": command.tlsKey, "database": command.database,
            "refresh-token-grace": command.refreshTokenGrace.map(String.init),
            "insecure-plain-http": command.insecurePlainHTTP ? "true" : nil,
            "trusted-proxy": command.trustedProxy.isEmpty ? nil : command.trustedProxy.joined(separator: ","),
            "omit-expires-in": command.omitExpiresIn ? "true" : nil,
            "log-level": command.logLevel, "log-format": command.logFormat,
        ]
        return given.compactMapValues { $0 }
    }

    private static func variable(_ key: String) -> String {
        "SIGNET_" + key.uppercased().replacing("-", with: "_")
    }

    private static func environmentValues(_ environment: [String: String]) -> [String: String] {
        var values: [String: String] = [:]
        for key in keys { values[key] = environment[variable(key)] }
        return values
    }

    private static func refuseUnknown(_ environment: [String: String]) throws {
        let known = Set(keys.map(variable)).union(otherVariables)
        let isForeign = { (name: String) in name.hasPrefix("SIGNET_TEST_") || known.contains(name) }
        if let unknown = environment.keys.filter({ $0.hasPrefix("SIGNET_") && !isForeign($0) }).min() {
            throw CommandFailure(
                "the environment variable \(unknown) is not known; known are \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    private static func fileValues(_ path: String?, data: String?) throws -> [String: String] {
        let fallback = (data ?? ".signet/data") + "/signet.json"
        guard let path = path ?? (FileManager.default.fileExists(atPath: fallback) ? fallback : nil) else { return [:] }
        let contents = try FileContents.read(path, "the configuration file")
        guard let object = try? JSONScanner.object(contents) else {
            throw CommandFailure("the configuration file \(path) is not a JSON object")
        }
        var values: [String: String] = [:]
        for member in object.members {
            guard keys.contains(member.name) else {
                throw CommandFailure(
                    "the configuration file \(path) has the key '\(member.name)', which is not known; known are \(keys.sorted().joined(separator: ", "))"
                )
            }
            switch member.value {
            case .string(let text): values[member.name] = text
            case .integer(let value): values[member.name] = String(value)
            case .bool(let value): values[member.name] = String(value)
            default:
                throw CommandFailure(
                    "the value of '\(member.name)' in \(path) must be a text, a whole number, true or false"
                )
            }
        }
        return values
    }

    private static func values(_ texts: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, text) in texts {
            values[AbsoluteConfigKey([key])] = ConfigValue(.string(text), isSecret: key == "database")
        }
        return values
    }

    private static func integer(_ text: String?, _ key: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw CommandFailure("\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func networks(_ text: String?, _ key: String) throws -> [IPRange] {
        try (text ?? "").split { $0 == "," || $0 == " " }.map { part in
            guard let range = IPRange(cidr: part) else {
                throw CommandFailure(
                    "'\(part)' of \(key) is no address or network; write 192.0.2.1 or 10.0.0.0/8, several with commas"
                )
            }
            return range
        }
    }

    private static func boolean(_ text: String?, _ key: String) throws -> Bool {
        switch text {
        case nil, "false": false
        case "true": true
        default: throw CommandFailure("\(key) must be true or false")
        }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(_ text: String?, _ key: String) throws -> Word?
    where Word.RawValue == String {
        guard let text else { return nil }
        guard let word = Word(rawValue: text) else {
            throw CommandFailure("\(key) must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
