public import AuthorizationServer
public import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
import OAuthTypes
public import Orgs
public import ServiceLifecycle
import Storage

/// Builds the HTTP side: the router, which tests use as well, and the application around it.
public struct SignetApplication: Sendable {
    /// What the operator chose.
    public struct Configuration: Sendable {
        /// The address to listen on.
        public var host: String
        /// The port to listen on; 0 for any that is free.
        public var port: Int
        /// Whether clients reach the server by https, whoever has the TLS: the issuers of all orgs are alike in that.
        public var isSecure: Bool
        /// Certificate chain and private key for TLS; none for plain HTTP.
        public var tls: TLSFiles?
        /// The proxies whose `X-Forwarded-For` and `Forwarded` headers say where a request came from.
        public var trustedProxies: [IPRange]
        /// How many connections there may be at once; further ones wait to be accepted. It must be well below the number of
        /// file descriptors that the process may have.
        public var connections: Int

        /// A configuration; without trusted proxies a request comes from its peer.
        public init(
            host: String,
            port: Int,
            isSecure: Bool,
            tls: TLSFiles? = nil,
            trustedProxies: [IPRange] = [],
            connections: Int = 512
        ) {
            self.host = host
            self.port = port
            self.isSecure = isSecure
            self.tls = tls
            self.connections = connections
            self.trustedProxies = trustedProxies
        }
    }

    /// The files of a certificate chain and its private key, both PEM.
    public struct TLSFiles: Sendable {
        let certificate: String
        let key: String

        /// The files by their paths: the chain with the server's certificate first, and its key.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }

        /// - Throws: ``UnusableCertificate`` that says which of the two files is the matter.
        func configuration() throws -> TLSConfiguration {
            guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), !chain.isEmpty else {
                throw UnusableCertificate(
                    description: "the TLS certificate \(certificate) is no PEM certificate that can be read"
                )
            }
            guard let privateKey = try? NIOSSLPrivateKey(file: key, format: .pem) else {
                throw UnusableCertificate(
                    description: "the TLS key \(key) is no PEM private key that can be read; it must have no passphrase"
                )
            }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(privateKey)
            )
            configuration.minimumTLSVersion = .tlsv12
            return configuration
        }
    }

    /// Says that the certificate or its key does not do.
    public struct UnusableCertificate: Error, CustomStringConvertible {
        /// Which file, and what is wrong with it.
        public let description: String
    }

    private let server: AuthorizationServer
    private let configuration: Configuration
    private let clock: WallClock

    /// The HTTP side of a server. Nothing listens yet.
    public init(server: AuthorizationServer, configuration: Configuration, clock: WallClock = .system) {
        self.server = server
        self.configuration = configuration
        self.clock = clock
    }

    /// The router with its middleware and routes.
    public func router() -> Router<SignetRequestContext> {
        let isSecure = configuration.isSecure
        let router = Router(context: SignetRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestLog(isSecure: isSecure))
        router.add(
            middleware: HostGate(
                directory: server.directory,
                clock: clock,
                proxies: TrustedProxies(ranges: configuration.trustedProxies)
            )
        )
        let database = server.database
        // The directory's copy would say yes while the database is gone.
        Routes(server: server, cookies: Cookies(isSecure: isSecure)) {
            (try? await database.read { try OrgRecords.isThere(on: $0) }) == true
        }.add(to: router)
        return router
    }

    /// The application: HTTP/1.1, and HTTP/2 beside it under TLS.
    ///
    /// - Parameter onServerRunning: called once with the address that is listened on.
    /// - Throws: ``UnusableCertificate``.
    public func application(
        services: [any Service],
        logger: Logger,
        onServerRunning: @escaping @Sendable (_ address: String) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        var application = Application(
            router: router(),
            server: try serverBuilder(),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.connections)
            ),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.description ?? "unknown") },
            logger: logger
        )
        for service in services { application.addServices(service) }
        return application
    }

    private func serverBuilder() throws -> HTTPServerBuilder {
        let limits = ConnectionLimits(
            connections: configuration.connections,
            proxies: configuration.trustedProxies
        )
        let sources = ConnectionSources()
        let files = configuration.tls
        let tls = try files?.configuration()
        return HTTPServerBuilder { responder in
            guard let tls else {
                let channel = HTTP1Channel(responder: responder, configuration: Self.streams(limits))
                return Self.guarded(channel, limits, sources)
            }
            var http2 = HTTP2UpgradeChannel.Configuration(
                idleTimeout: .seconds(60),
                gracefulCloseTimeout: .seconds(10),
                streamConfiguration: Self.streams(limits)
            )
            http2.maxAgeTimeout = .seconds(3_600)
            do {
                let channel = try HTTP2UpgradeChannel(
                    tlsConfiguration: tls,
                    configuration: http2,
                    responder: responder
                )
                return Self.guarded(channel, limits, sources)
            } catch {
                throw UnusableCertificate(
                    description:
                        "the TLS certificate \(files?.certificate ?? "") and the key \(files?.key ?? "") do not belong together"
                )
            }
        }
    }

    /// Room for the largest token that is taken, with the cookies and the query of an authorization request beside it.
    private static func streams(_ limits: ConnectionLimits) -> HTTP1Channel.Configuration {
        var configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestHeadInstaller(), ArrivalPace(limits: limits), OneRequestAtATime()],
            idleTimeout: .seconds(60)
        )
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: 32_768,
            maxHeaderListSize: 49_152,
            maxHeaderFieldCount: 100
        )
        return configuration
    }

    private static func guarded(
        _ channel: some ServerChildChannel,
        _ limits: ConnectionLimits,
        _ sources: ConnectionSources
    ) -> any ServerChildChannel {
        GuardedChannel(base: channel, limits: limits, sources: sources)
    }
}
