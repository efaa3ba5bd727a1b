public import OAuthTypes
public import Storage
public import Tokens

/// The protocol as functions of a request and a time: what the web server and the command line call, wired once at start.
public struct AuthorizationServer: Sendable {
    /// What the operator may choose.
    public struct Options: Sendable {
        /// Whether token answers carry `expires_in`, which the original leaves out.
        public var sendsExpiresIn = true
        /// How long a rotated refresh token is answered with its successor; 60 s at most.
        public var refreshTokenGrace = TimeSpan.seconds(0)

        /// The origin of the host that serves all orgs beside their own; `nil` for none.
        public var loginOrigin: String?

        /// How many passwords are looked at at once; one for each core.
        public var passwordThreads = 1

        /// The options of an operator who chose none.
        public init() {}
    }

    /// Where everything is remembered.
    public let database: any Database
    /// Orgs, apps, users and keys, held in memory while they do not change.
    public let directory: Directory
    /// What signing keys, transactions and consumer secrets are sealed and digested under.
    public let masterKey: MasterKey
    /// The answer to "is this token live".
    public let liveness: TokenLiveness
    /// The sessions of browsers.
    public let sessions: BrowserSessions
    let clientAuthenticator: ClientAuthenticator
    let tokenIssuer: TokenIssuer
    let rotation: RefreshTokenRotation
    let signIn: SignIn

    /// Wires the server.
    ///
    /// - Throws: when the decoy hash for unknown users cannot be made.
    public init(
        database: any Database,
        masterKey: MasterKey,
        signers: SignerPool,
        backend: SigningBackend,
        options: Options = Options(),
        passwordCost: PasswordHash.Cost = .standard
    ) throws {
        var randomness = SystemRandomNumberGenerator()
        let directory = Directory(
            database: database,
            masterKey: masterKey,
            backend: backend,
            loginOrigin: options.loginOrigin
        )
        self.database = database
        self.directory = directory
        self.masterKey = masterKey
        self.liveness = TokenLiveness(directory: directory, masterKey: masterKey)
        self.sessions = BrowserSessions(directory: directory, liveness: liveness)
        self.clientAuthenticator = ClientAuthenticator(
            directory: directory,
            masterKey: masterKey,
            assertions: AssertionVerifier(database: database, loginOrigin: options.loginOrigin)
        )
        self.tokenIssuer = TokenIssuer(directory: directory, masterKey: masterKey, signers: signers, options: options)
        self.rotation = RefreshTokenRotation(grace: options.refreshTokenGrace, masterKey: masterKey)
        self.signIn = SignIn(
            database: database,
            masterKey: masterKey,
            passwords: PasswordPool(threads: options.passwordThreads),
            decoy: try PasswordHash(
                hashing: Secret(RandomText.bytes(32, of: .base62, using: &randomness)),
                cost: passwordCost,
                using: &randomness
            )
        )
    }

    /// The token endpoint (RFC 6749 section 3.2).
    public var tokenEndpoint: TokenEndpoint { TokenEndpoint(server: self) }
    /// The authorization endpoint (RFC 6749 section 3.1).
    public var authorizationEndpoint: AuthorizationEndpoint { AuthorizationEndpoint(server: self) }
    /// The introspection endpoint (RFC 7662 section 2).
    public var introspectionEndpoint: IntrospectionEndpoint { IntrospectionEndpoint(server: self) }
    /// The revocation endpoint (RFC 7009 section 2).
    public var revocationEndpoint: RevocationEndpoint { RevocationEndpoint(server: self) }

    /// The requests of the login host with this origin.
    public func loginHost(origin: String) -> LoginHost {
        LoginHost(directory: directory, masterKey: masterKey, origin: origin)
    }

    /// Sessions of APIs that begin with a password.
    public var apiSessions: APISessions { APISessions(server: self) }

    /// Sessions of browsers that apps open with their tokens.
    public var uiBridge: UIBridge { UIBridge(server: self) }

    /// What the users of an org have of its apps, and the end of it.
    public var appUsage: AppUsage { AppUsage(server: self) }

    /// Makes the revocation of an authorization known to this node at once, after its transaction.
    func noteRevoked(_ authorization: AuthorizationID, now: Timestamp) {
        noteRevoked([SessionFingerprint.of(authorization.rawValue, masterKey)], now: now)
    }

    /// Makes revoked fingerprints known to this node at once, after their transaction.
    func noteRevoked(_ fingerprints: [String], now: Timestamp) {
        for fingerprint in fingerprints {
            directory.noteRevoked(fingerprint, until: now + TokenLifetime.longestJWT)
        }
    }
}
