import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// The Connect REST resources of consumer key and secret (facts: app-model 7.3).
struct CredentialRoutes: Sendable {
    let rest: RESTRoutes

    static let base = "/services/data/{version}/apps/oauth/credentials/{app}"

    /// `GET …/credentials/{app}`: the consumers of an app, by their keys.
    func consumers(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 60) { call in
            let (path, version) = (call.path, call.version)
            let found = try await call.read { app, connection in
                (record: try Self.current(app, on: connection), name: Self.name(of: app))
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.array("consumers") { array in
                        array.object {
                            $0.writeConsumer(found.record, name: found.name, path: path, version: version)
                        }
                    }
                    json.member("currentPageUrl", path)
                    json.null("nextPageUrl")
                }
            )
        }
    }

    /// `GET …/{consumer}?part=key|secret|keyandsecret`.
    func consumer(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 60) { call in
            let part = try CredentialPart(request)
            let (consumer, author, now, credentials) = (try call.consumer, call.author, context.now, credentials)
            let look = { @Sendable (app: AppRecords.Stored, connection: any Connection) throws in
                let record = try Self.current(app, consumer, on: connection)
                let secret =
                    part.hasSecret
                    ? try credentials.reveal([record], of: app, by: author, now: now, on: connection).first?.secret
                    : nil
                return (record: record, name: Self.name(of: app), secret: secret)
            }
            let found = part.hasSecret ? try await call.write(look) : try await call.read(look)
            return Responses.json(
                JSONWriter.object { json in
                    json.writeConsumer(
                        found.record,
                        name: found.name,
                        secret: found.secret,
                        hasKey: part.hasKey,
                        path: call.path,
                        version: call.version
                    )
                }
            )
        }
    }

    /// `GET` and `POST …/{consumer}/staged`: the pairs beside the current one; a new one.
    func staged(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 65) { call in
            let (consumer, author, now, credentials) = (try call.consumer, call.author, context.now, credentials)
            guard request.method == .post else {
                let revealed = try await call.write { app, connection in
                    _ = try Self.current(app, consumer, on: connection)
                    let beside = try Credentials.all(app: app.id, on: connection).filter {
                        $0.consumer.state != .active
                    }
                    return try Self.reveal(beside, of: app, credentials, author, now, on: connection)
                }
                return collection(revealed, call, now)
            }
            try await StagedCredentialsInput.requireEmpty(request)
            let made = try await call.write { app, connection in
                _ = try Self.current(app, consumer, on: connection)
                return try credentials.stage(app, by: author, now: now, on: connection)
            }
            try await rest.server.directory.refresh(now: now)
            return collection([Shown(record: made.record, secret: made.secret)], call, now)
        }
    }

    /// `GET`, `PATCH` and `DELETE …/{consumer}/staged/{pair}`.
    func pair(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 65) { call in
            switch request.method {
            case .patch: try await rotate(request, call, context.now)
            case .delete: try await delete(request, call, context.now)
            default: try await show(call, context.now)
            }
        }
    }

    private func show(_ call: Call, _ now: Timestamp) async throws -> Response {
        let (consumer, handle, author, credentials) = (try call.consumer, try call.pair, call.author, credentials)
        let shown = try await call.write { app, connection in
            let record = try Self.beside(app, consumer, handle, on: connection)
            return try Self.reveal([record], of: app, credentials, author, now, on: connection)
        }
        return answer(shown[0], call, now)
    }

    private func rotate(_ request: Request, _ call: Call, _ now: Timestamp) async throws -> Response {
        let input = try await StagedCredentialsInput(request)
        let isConfirmed = try Self.isConfirmed(request)
        let (consumer, handle, author, credentials) = (try call.consumer, try call.pair, call.author, credentials)
        let caller = call.live.token
        let shown = try await call.write { app, connection in
            _ = try Self.beside(app, consumer, handle, on: connection)
            guard isConfirmed || app.id != caller.app else { throw Self.ownApp }
            let retired = try credentials.rotate(
                app,
                staged: handle,
                overlapDays: input.overlapDays,
                by: author,
                now: now,
                on: connection
            )
            return Shown(record: retired, secret: nil)
        }
        try await rest.server.directory.refresh(now: now)
        return answer(shown, call, now)
    }

    private func delete(_ request: Request, _ call: Call, _ now: Timestamp) async throws -> Response {
        let isConfirmed = try Self.isConfirmed(request)
        let (consumer, handle, author, credentials) = (try call.consumer, try call.pair, call.author, credentials)
        let caller = call.live.token
        try await call.write { app, connection in
            let record = try Self.beside(app, consumer, handle, on: connection)
            guard isConfirmed || !Self.mayBeOwn(record, of: app, caller, now) else { throw Self.ownPair }
            try credentials.delete(app, handle: handle, by: author, now: now, on: connection)
        }
        try await rest.server.directory.refresh(now: now)
        return Responses.empty(.noContent)
    }

    // MARK: The caller's own credentials

    private static func isConfirmed(_ request: Request) throws -> Bool {
        switch try RESTQuery.value("confirmOwnCredentials", of: request) {
        case nil, "false": false
        case "true": true
        default:
            throw RESTRefusal("ILLEGAL_QUERY_PARAMETER_VALUE", "confirmOwnCredentials must be true or false.")
        }
    }

    /// Whether the caller's token may have come of a pair: a JWT says of which; an opaque token says the app alone.
    private static func mayBeOwn(
        _ record: CredentialRecord,
        of app: AppRecords.Stored,
        _ caller: TokenLiveness.LiveToken,
        _ now: Timestamp
    ) -> Bool {
        guard app.id == caller.app, record.consumer.isUsable(at: now) else { return false }
        return caller.format == .opaque || caller.consumerKey == record.consumer.key
    }

    private static let ownApp = RESTRefusal(
        "CONFIRMATION_REQUIRED",
        "This is the app that your own token came from: its present key and secret end with the overlap. If you mean it, send the request again with ?confirmOwnCredentials=true."
    )
    private static let ownPair = RESTRefusal(
        "CONFIRMATION_REQUIRED",
        "Your own token may have come from this pair, and would be the last one of it. If you mean it, send the request again with ?confirmOwnCredentials=true."
    )

    // MARK: A call

    private var credentials: ConsumerCredentials { ConsumerCredentials(masterKey: rest.server.masterKey) }

    /// A call whose caller may see and change pairs, in an org that lets REST do so.
    private struct Call: Sendable {
        let live: RESTRoutes.Live
        let version: String
        let author: ConsumerCredentials.Author
        let app: AppID
        let database: any Database
        let consumerText: String
        let pairText: String

        var consumer: ConsumerID {
            get throws(RESTRefusal) {
                guard let id = ConsumerID(consumerText) else { throw .notFound }
                return id
            }
        }
        var pair: ConsumerID {
            get throws(RESTRefusal) {
                guard let id = ConsumerID(pairText) else { throw .notFound }
                return id
            }
        }
        var path: String { "/services/data/v\(version)/apps/oauth/credentials/\(app.rawValue)" }

        func read<Result: Sendable>(
            _ body: @escaping @Sendable (AppRecords.Stored, any Connection) throws -> Result
        ) async throws -> Result {
            let (app, org) = (app, live.org.org.id)
            return try await database.read { try body(try Self.stored(app, org, on: $0), $0) }
        }

        func write<Result: Sendable>(
            _ body: @escaping @Sendable (AppRecords.Stored, any Connection) throws -> Result
        ) async throws -> Result {
            let (app, org) = (app, live.org.org.id)
            return try await database.write { connection in
                let stored = try Self.stored(app, org, on: connection)
                try Credentials.serialize(app, on: connection)
                return try body(stored, connection)
            }
        }

        private static func stored(_ app: AppID, _ org: OrgID, on connection: any Connection) throws
            -> AppRecords.Stored
        {
            guard try OrgSettings.externalClientApps(org: org, on: connection).enableClientSecretInRESTAPIAccess == true
            else { throw notEnabled }
            guard let stored = try AppRecords.find(id: app, on: connection), stored.org == org else {
                throw RESTRefusal.notFound
            }
            return stored
        }

        /// In the words that clients look for (facts: app-model 7.3).
        private static let notEnabled = RESTRefusal(
            "FUNCTIONALITY_NOT_ENABLED",
            "Access to consumer secrets by REST is not currently enabled: this feature is not enabled for this org. An admin sets enableClientSecretInRestApiAccess of ExternalClientAppSettings, an operator: signet org set --rest-secrets on.",
            status: .forbidden
        )
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        since version: Int,
        _ answer: (Call) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context) { live, given in
            try RESTVersion.require(given, since: version)
            try Action.manageCredentials.require(live.token.account.permissions)
            guard let app = AppID(context.parameters.get("app") ?? "") else { throw RESTRefusal.notFound }
            let call = Call(
                live: live,
                version: given,
                author: ConsumerCredentials.Author(context.actor(live.token.account)),
                app: app,
                database: rest.server.database,
                consumerText: context.parameters.get("consumer") ?? "",
                pairText: context.parameters.get("pair") ?? ""
            )
            do {
                return try await answer(call)
            } catch let refusal as CredentialRefusal {
                throw refusal.atREST
            } catch let violation as ConstraintViolation where violation.kind == .unique {
                throw CredentialRefusal.changedMeanwhile.atREST
            }
        }
    }

    private static func name(of app: AppRecords.Stored) -> String {
        app.components.header?.label ?? app.components.developerName
    }

    /// The current pair of an app.
    ///
    /// - Parameter handle: what the caller calls it; `nil` for whichever it is.
    private static func current(
        _ app: AppRecords.Stored,
        _ handle: ConsumerID? = nil,
        on connection: any Connection
    ) throws -> CredentialRecord {
        let current = try Credentials.all(app: app.id, on: connection).first { $0.consumer.state == .active }
        guard let current, handle == nil || current.handle == handle else { throw RESTRefusal.notFound }
        return current
    }

    /// A pair beside the current one.
    private static func beside(
        _ app: AppRecords.Stored,
        _ consumer: ConsumerID,
        _ handle: ConsumerID,
        on connection: any Connection
    ) throws -> CredentialRecord {
        _ = try current(app, consumer, on: connection)
        let found = try Credentials.all(app: app.id, on: connection).first {
            $0.handle == handle && $0.consumer.state != .active
        }
        guard let found else { throw RESTRefusal.notFound }
        return found
    }

    // MARK: Answers

    /// A pair, with its secret where it is shown.
    private struct Shown: Sendable {
        let record: CredentialRecord
        let secret: Secret?
    }

    /// The secret of a pair that has expired is nobody's business any more.
    private static func reveal(
        _ records: [CredentialRecord],
        of app: AppRecords.Stored,
        _ credentials: ConsumerCredentials,
        _ author: ConsumerCredentials.Author,
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> [Shown] {
        let live = records.filter { $0.consumer.isUsable(at: now) }
        let revealed = try credentials.reveal(live, of: app, by: author, now: now, on: connection)
        return records.map { record in
            Shown(record: record, secret: revealed.first { $0.record.consumer.id == record.consumer.id }?.secret)
        }
    }

    private func collection(_ shown: [Shown], _ call: Call, _ now: Timestamp) -> Response {
        Responses.json(
            JSONWriter.object { json in
                json.array("stagedCredentials") { array in
                    for pair in shown { array.object { write(pair, call, now, into: &$0) } }
                }
                json.member("url", stagedPath(call))
            }
        )
    }

    private func answer(_ shown: Shown, _ call: Call, _ now: Timestamp) -> Response {
        Responses.json(JSONWriter.object { write(shown, call, now, into: &$0) })
    }

    private func stagedPath(_ call: Call) -> String { "\(call.path)/\(call.consumerText)/staged" }

    /// Both addresses are those of the pair itself: documents give them other meanings, and clients rotate and delete by either.
    private func write(_ shown: Shown, _ call: Call, _ now: Timestamp, into json: inout JSONWriter) {
        let record = shown.record
        let url = "\(stagedPath(call))/\(record.handle.rawValue)"
        if let user = record.createdBy { json.member("createdBy", user.rawValue) } else { json.null("createdBy") }
        json.member("createdDate", record.createdAt.restText)
        json.member("expirationDate", ifPresent: record.consumer.expiresAt?.restText)
        json.member("id", record.handle.rawValue)
        json.member("key", record.consumer.key)
        json.member("secret", ifPresent: shown.secret?.revealed)
        json.member("stagedCredentialsUrl", url)
        json.member("state", ConsumerCredentials.state(of: record, now: now).rawValue)
        json.member("url", url)
    }
}

/// What of a pair is asked for; upper and lower case are one (facts: app-model 7.3).
private struct CredentialPart {
    let hasKey: Bool
    let hasSecret: Bool

    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE` for another word.
    init(_ request: Request) throws {
        switch try RESTQuery.value("part", of: request)?.lowercased() {
        case nil, "key": (hasKey, hasSecret) = (true, false)
        case "secret": (hasKey, hasSecret) = (false, true)
        case "keyandsecret": (hasKey, hasSecret) = (true, true)
        default:
            throw RESTRefusal("ILLEGAL_QUERY_PARAMETER_VALUE", "part must be key, secret or keyandsecret.")
        }
    }
}

extension JSONWriter {
    /// Writes an App OAuth Credentials: what it has of key and secret, and its addresses.
    fileprivate mutating func writeConsumer(
        _ record: CredentialRecord,
        name: String,
        secret: Secret? = nil,
        hasKey: Bool = true,
        path: String,
        version: String
    ) {
        let url = "\(path)/\(record.handle.rawValue)"
        member("id", record.handle.rawValue)
        if hasKey { member("key", record.consumer.key) }
        member("name", name)
        member("secret", ifPresent: secret?.revealed)
        // The address came with the resource behind it.
        if (try? RESTVersion.require(version, since: 65)) != nil { member("stagedCredentialsUrl", url + "/staged") }
        member("url", url)
    }
}

extension CredentialRefusal {
    /// The refusal with a code of the REST API.
    fileprivate var atREST: RESTRefusal {
        switch self {
        case .noConsumer, .unknown: .notFound
        case .stagedAlready, .changedMeanwhile: RESTRefusal("ALREADY_IN_PROCESS", description)
        case .tooManyRotated: RESTRefusal("LIMIT_EXCEEDED", description)
        case .notStaged: RESTRefusal("INVALID_STATUS", description)
        case .overlapOutOfRange: RESTRefusal("INVALID_FIELD", description)
        }
    }
}

extension SignetRequestContext {
    /// Who acts, for the audit trail.
    func actor(_ account: AccountRecord) -> AuditActor { .user(account.user.id, source: source?.description) }
}
