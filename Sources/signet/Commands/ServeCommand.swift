import ArgumentParser
import AuthorizationServer
import Foundation
import Hummingbird
import Logging
import MetadataAPI
import OAuthTypes
import Orgs
import ServiceLifecycle
import Storage
import Tokens
import WebServer

/// `signet serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start the server.",
        discussion: """
            Every option may also be set by an environment variable (SIGNET_PORT for --port) or in a JSON file named by --config \
            or found as signet.json in the data directory ({"port": 8443, "tls-cert": "server.pem"}). The command line wins over \
            the environment, the environment over the file. A key that is not known stops the start.
            """
    )

    @Option(help: ArgumentHelp("The data directory (default: .signet/data).", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            """
            A host at which all orgs are served, beside the host of each: sign-in, authorization and tokens. The org is that of the \
            app (default: none). Scheme and port are those of the first org.
            """,
            valueName: "host"
        )
    )
    var loginHost: String?

    @Option(help: "The address to listen on (default: 127.0.0.1).")
    var host: String?

    @Option(help: "The port to listen on (default: the port of an issuer on this machine, else 8080).")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The certificate chain in PEM form; with --tls-key it switches on TLS and HTTP/2.",
            valueName: "file"
        )
    )
    var tlsCert: String?

    @Option(help: ArgumentHelp("The private key of the certificate in PEM form.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp("A PostgreSQL database in place of the embedded SQLite file.", valueName: "postgres-url")
    )
    var database: String?

    @Option(
        help: ArgumentHelp(
            "How long a rotated refresh token is still answered, with the same successor (default: 0, at most 60).",
            valueName: "seconds"
        )
    )
    var refreshTokenGrace: Int?

    @Flag(help: "Serve plain HTTP on an address other machines can reach, behind a proxy that has the TLS.")
    var insecurePlainHTTP = false

    @Option(
        help: ArgumentHelp(
            """
            A proxy whose X-Forwarded-For or Forwarded header says where a request came from, as an address or a network \
            such as 10.0.0.0/8; may be repeated, or several with commas (default: none, a request comes from its peer).
            """,
            valueName: "network"
        )
    )
    var trustedProxy: [String] = []

    @Flag(help: "Leave expires_in out of token answers, as the original does.")
    var omitExpiresIn = false

    @Option(help: "trace, debug, info, notice, warning, error or critical (default: info).")
    var logLevel: String?

    @Option(
        help: "json or text (default: text on a terminal, else json, one object for each line of standard error)."
    )
    var logFormat: String?

    @Option(help: ArgumentHelp("A configuration file in JSON.", valueName: "file"))
    var config: String?

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        let settings = try ServeSettings(self)
        System.forbidCoreDumps()
        let descriptors = System.raiseDescriptorLimit()
        let logger = settings.logFormat.logger(settings.logLevel)
        let data = try await OpenedServer.open(DataDirectory(path: settings.data), settings.database)
        let issuer = data.issuer
        let loginOrigin = try settings.loginOrigin(beside: data.orgs.map(\.org))
        let signers = SignerPool(threads: System.coreCount, turns: 1_024)
        let backend = SigningBackend.fastest()
        let server = try server(data, settings, loginOrigin, signers, backend)
        let clock = WallClock.system
        let keeper = KeyKeeper(database: data.database, masterKey: data.masterKey)
        for org in data.orgs {
            try await keeper.keep(org.org.id, now: clock.now)
            try await CommandLineAccess.keep(org.org, data, now: clock.now, logger)
        }
        let sealed = try await StoredCredentials.seal(
            under: data.masterKey,
            in: data.database,
            by: .server,
            now: clock.now
        )
        if sealed > 0 {
            logger.notice(
                "sealed credentials of push services that an earlier release kept in the clear",
                metadata: ["apps": "\(sealed)"]
            )
        }
        try await server.directory.refresh(now: clock.now)
        let (host, port) = (settings.host(issuer: issuer), settings.port(issuer: issuer))
        let application = try SignetApplication(
            server: server,
            configuration: .init(
                host: host,
                port: port,
                isSecure: issuer.hasPrefix("https://"),
                tls: settings.tls,
                trustedProxies: settings.trustedProxies,
                connections: System.connections(within: descriptors)
            ),
            clock: clock
        ).application(services: upkeep(server, keeper, data.orgs.map(\.org.id), clock, logger), logger: logger) {
            address in
            logger.notice(
                "serving",
                metadata: [
                    "issuer": "\(issuer)", "orgs": "\(data.orgs.count)", "loginHost": "\(loginOrigin ?? "none")",
                    "address": "\(address)", "signer": "\(backend)",
                    "database": "\(settings.database == nil ? "sqlite" : "postgres")",
                ]
            )
        }
        if let hint = settings.missingTLS(issuer: issuer) { logger.warning("\(hint)") }
        do {
            try await application.runService()
        } catch {
            throw CannotListen(error, host: host, port: port) ?? error
        }
        signers.shutDown()
        try await data.database.close()
    }

    private func server(
        _ data: OpenedServer,
        _ settings: ServeSettings,
        _ loginOrigin: String?,
        _ signers: SignerPool,
        _ backend: SigningBackend
    ) throws -> AuthorizationServer {
        var options = AuthorizationServer.Options()
        options.refreshTokenGrace = .seconds(Int64(settings.refreshTokenGrace))
        options.passwordThreads = System.coreCount
        options.loginOrigin = loginOrigin
        options.sendsExpiresIn = !settings.isExpiresInOmitted
        return try AuthorizationServer(
            database: data.database,
            masterKey: data.masterKey,
            signers: signers,
            backend: backend,
            options: options
        )
    }

    private func upkeep(
        _ server: AuthorizationServer,
        _ keeper: KeyKeeper,
        _ orgs: [OrgID],
        _ clock: WallClock,
        _ logger: Logger
    ) -> [any Service] {
        let database = server.database
        let orgKeys = OrgKeys(directory: server.directory, keeper: keeper, known: orgs)
        let deployments = DeploymentQueue(database: database, masterKey: server.masterKey)
        return [
            Upkeep(name: "directory", every: .milliseconds(250), logger: logger) {
                try await server.directory.refresh(now: clock.now)
            },
            Upkeep(name: "keys of new orgs", every: .milliseconds(250), logger: logger) {
                try await orgKeys.keep(now: clock.now)
            },
            Upkeep(name: "keys", every: .seconds(60), logger: logger) {
                for org in try await database.read({ try OrgRecords.all(on: $0) }) {
                    try await keeper.keep(org.org.id, now: clock.now)
                }
            },
            Upkeep(name: "deployments", every: .milliseconds(250), logger: logger) {
                while try await deployments.runNext(clock: { clock.now }) {
                    try await server.directory.refresh(now: clock.now)
                    try Task.checkCancellation()
                }
            },
            Upkeep(name: "sweep", every: .seconds(60), logger: logger) {
                try await Sweep.run(database, now: clock.now)
            },
        ]
    }
}

/// The machine.
enum System {
    /// The number of processor cores that are there for us.
    static var coreCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Keys and secrets are in memory: they must not land in a file when the process dies.
    static func forbidCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// Raises the number of files and connections that the process may have open as far as it may itself.
    ///
    /// - Returns: the number.
    static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// How many connections to accept: what the descriptors allow beside the database's files and sockets.
    static func connections(within descriptors: Int) -> Int { min(8_192, max(16, descriptors - 128)) }
}
