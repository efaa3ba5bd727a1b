import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Makes, promotes, retires and drops the signing keys of an org as ``KeySchedule`` says, never on the path of a request.
public struct KeyKeeper: Sendable {
    private let database: any Database
    private let masterKey: MasterKey
    private let policy: RotationPolicy
    private let generate: @Sendable () throws -> [UInt8]

    /// A keeper over a database.
    ///
    /// - Parameter generate: makes an RSA private key of 2048 bits or more, as PKCS #8.
    public init(
        database: any Database,
        masterKey: MasterKey,
        policy: RotationPolicy = RotationPolicy(),
        generate: @escaping @Sendable () throws -> [UInt8] = SigningKey.generatePrivateKeyDER
    ) {
        self.database = database
        self.masterKey = masterKey
        self.policy = policy
        self.generate = generate
    }

    /// Does what is due for an org now.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public func keep(_ org: OrgID, now: Timestamp) async throws -> Bool {
        var changed = false
        // Making a key is followed by its activation, and a step may make another due; four rounds end every such chain.
        for _ in 0..<4 {
            let due = try await due(org, now)
            if due.isEmpty { break }
            changed = true
            try await carryOut(due, org, now)
        }
        return changed
    }

    private func due(_ org: OrgID, _ now: Timestamp) async throws -> [KeyAction] {
        let records = try await database.read { try SigningKeys.all(org: org, on: $0) }
        return KeySchedule.due(
            records.compactMap(KeyDescription.init),
            now: now,
            longestTokenLifetime: TokenLifetime.longestJWT,
            policy: policy
        )
    }

    /// Starts a rotation ahead of time: makes the next key, which signs once it has been published long enough.
    ///
    /// - Returns: the names of the keys made.
    public func rotate(_ org: OrgID, by actor: AuditActor, now: Timestamp) async throws -> [String] {
        let records = try await database.read { try SigningKeys.all(org: org, on: $0) }
        var made: [String] = []
        for purpose in [SigningKeyPurpose.accessToken, .idToken] {
            let hasNext = records.contains {
                $0.purpose == purpose.rawValue && $0.state == SigningKeyState.next.rawValue
            }
            if !hasNext, let kid = try await make(purpose, org, actor, now) { made.append(kid) }
        }
        return made
    }

    /// Drops every access-token key of an org and makes a new one: all its JWT access tokens are dead at once.
    ///
    /// - Returns: the names of the keys dropped.
    public func revokeAllJWTs(_ org: OrgID, by actor: AuditActor, now: Timestamp) async throws -> [String] {
        let dropped = try await database.write { connection in
            let keys = try SigningKeys.all(org: org, on: connection).filter {
                $0.purpose == SigningKeyPurpose.accessToken.rawValue
            }
            for key in keys { try SigningKeys.revoke(kid: key.kid, org: org, by: actor, now: now, on: connection) }
            return keys.map(\.kid)
        }
        try await keep(org, now: now)
        return dropped
    }

    private func carryOut(_ actions: [KeyAction], _ org: OrgID, _ now: Timestamp) async throws {
        try await database.write { connection in
            for action in actions {
                switch action {
                case .make: break
                case .activate(let kid):
                    try SigningKeys.activate(kid: kid, org: org, by: .server, now: now, on: connection)
                case .retire(let kid, let dropAfter):
                    try SigningKeys.retire(
                        kid: kid,
                        org: org,
                        by: .server,
                        now: now,
                        usableUntil: dropAfter,
                        on: connection
                    )
                case .drop(let kid): try SigningKeys.revoke(kid: kid, org: org, by: .server, now: now, on: connection)
                }
            }
        }
        for case .make(let purpose) in actions { _ = try await make(purpose, org, .server, now) }
    }

    /// - Returns: the name of the key; nothing when another node made its key first, which is then the org's.
    private func make(_ purpose: SigningKeyPurpose, _ org: OrgID, _ actor: AuditActor, _ now: Timestamp) async throws
        -> String?
    {
        let kid = try await freeName(purpose, org, now)
        var der = try generate()
        defer { SecretBytes.wipe(&der) }
        let publicKey = try SigningKey(kid: kid, privateKeyDER: der, backend: .swiftCrypto).publicKey
        let record = SigningKeyRecord(
            kid: kid,
            org: org,
            purpose: purpose.rawValue,
            state: SigningKeyState.next.rawValue,
            modulus: publicKey.modulus,
            exponent: publicKey.exponent,
            sealedPrivateKey: try masterKey.seal(der, context: KeyRing.sealContext(kid)),
            createdAt: now,
            publishedAt: now,
            activatedAt: nil
        )
        do {
            try await database.write { try SigningKeys.insert(record, by: actor, on: $0) }
            return kid
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            return nil
        }
    }
}

extension KeyKeeper {
    /// A name that no key of the server has: the login host publishes those of all orgs in one set, and two may be made in one
    /// millisecond.
    private func freeName(_ purpose: SigningKeyPurpose, _ org: OrgID, _ now: Timestamp) async throws -> String {
        try await database.read { connection in
            var moment = now
            while true {
                let name =
                    switch purpose {
                    case .accessToken: KeyName.accessToken(orgShortID: org.short, createdAt: moment)
                    case .idToken: KeyName.idToken(createdAt: moment)
                    }
                guard try SigningKeys.isTaken(kid: name, on: connection) else { return name }
                moment = moment + TimeSpan(milliseconds: 1)
            }
        }
    }
}

extension KeyDescription {
    init?(_ record: SigningKeyRecord) {
        guard let purpose = SigningKeyPurpose(rawValue: record.purpose),
            let state = SigningKeyState(rawValue: record.state)
        else { return nil }
        self.init(
            kid: record.kid,
            purpose: purpose,
            state: state,
            createdAt: record.createdAt,
            publishedAt: record.publishedAt,
            activatedAt: record.activatedAt,
            retiredAt: record.retiredAt,
            usableUntil: record.usableUntil
        )
    }
}
