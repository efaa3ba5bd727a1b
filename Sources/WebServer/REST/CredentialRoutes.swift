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
    static let replacementPath = RESTRoutes.signet + "/credentials/{app}/replacement"

    /// `GET …/credentials/{app}`: the consumers of an app, by their keys.
    func consumers(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 60) { call in
            let (path, version) = (call.path, call.version)
            let found = try await call.read { app, connection in
                (record: try CredentialCall.current(app, on: connection), name: CredentialCall.name(of: app))
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
            let (consumer, actor, now, credentials) = (try call.consumer, call.actor, context.now, credentials)
            let look = { @Sendable (app: AppRecords.Stored, connection: any Connection) throws in
                let record = try CredentialCall.current(app, consumer, on: connection)
                let secret =
                    part.hasSecret
                    ? try credentials.reveal([record], of: app, by: actor, now: now, on: connection).first?.secret
                    : nil
                return (record: record, name: CredentialCall.name(of: app), secret: secret)
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
            let (consumer, actor, now, credentials) = (try call.consumer, call.actor, context.now, credentials)
            guard request.method == .post else {
                let revealed = try await call.write { app, connection in
                    _ = try CredentialCall.current(app, consumer, on: connection)
                    let beside = try Credentials.all(app: app.id, on: connection).filter {
                        $0.consumer.state != .active
                    }
                    return try ShownPair.reveal(beside, of: app, credentials, actor, now, on: connection)
                }
                return call.collection(revealed, now)
            }
            try await StagedCredentialsInput.requireEmpty(request)
            let made = try await call.write { app, connection in
                _ = try CredentialCall.current(app, consumer, on: connection)
                return try credentials.stage(app, by: actor, now: now, on: connection)
            }
            try await rest.server.directory.refresh(now: now)
            return call.collection([ShownPair(record: made.record, secret: made.secret)], now)
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

    private func show(_ call: CredentialCall, _ now: Timestamp) async throws -> Response {
        let (consumer, handle, actor, credentials) = (try call.consumer, try call.pair, call.actor, credentials)
        let shown = try await call.write { app, connection in
            let record = try CredentialCall.beside(app, consumer, handle, on: connection)
            return try ShownPair.reveal([record], of: app, credentials, actor, now, on: connection)
        }
        return call.answer(shown[0], now)
    }

    private func rotate(_ request: Request, _ call: CredentialCall, _ now: Timestamp) async throws -> Response {
        let input = try await StagedCredentialsInput(request)
        let isConfirmed = try Self.isConfirmed(request)
        let (consumer, handle, actor, credentials) = (try call.consumer, try call.pair, call.actor, credentials)
        let caller = call.live.token
        let shown = try await call.write { app, connection in
            _ = try CredentialCall.beside(app, consumer, handle, on: connection)
            guard isConfirmed || app.id != caller?.app.id else { throw Self.ownApp }
            let retired = try credentials.rotate(
                app,
                staged: handle,
                overlapDays: input.overlapDays,
                by: actor,
                now: now,
                on: connection
            )
            return ShownPair(record: retired, secret: nil)
        }
        try await rest.server.directory.refresh(now: now)
        return call.answer(shown, now)
    }

    private func delete(_ request: Request, _ call: CredentialCall, _ now: Timestamp) async throws -> Response {
        let isConfirmed = try Self.isConfirmed(request)
        let (consumer, handle, actor, credentials) = (try call.consumer, try call.pair, call.actor, credentials)
        let caller = call.live.token
        try await call.write { app, connection in
            let record = try CredentialCall.beside(app, consumer, handle, on: connection)
            guard isConfirmed || !Self.mayBeOwn(record, of: app, caller, now) else { throw Self.ownPair }
            try credentials.delete(app, handle: handle, by: actor, now: now, on: connection)
        }
        try await rest.server.directory.refresh(now: now)
        return Responses.empty(.noContent)
    }

    /// `POST …/signet/credentials/{app}/replacement`: another key, secret or both at once, without an overlap, as `signet app rotate
    /// --key --secret` does.
    func replacement(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, since: 65) { call in
            let input = try await ReplacementInput(request)
            let isConfirmed = try Self.isConfirmed(request)
            let (actor, now, credentials, caller) = (call.actor, context.now, credentials, call.live.token)
            let made = try await call.write { app, connection in
                guard isConfirmed || app.id != caller?.app.id else { throw Self.ownApp }
                return try credentials.replace(
                    app,
                    key: input.hasKey,
                    secret: input.hasSecret,
                    by: actor,
                    now: now,
                    on: connection
                )
            }
            try await rest.server.directory.refresh(now: now)
            return Responses.json(
                JSONWriter.object { json in
                    json.member("consumerKey", made.record.consumer.key)
                    // A secret that stays is no news, and is not shown again.
                    if input.hasSecret { json.member("consumerSecret", made.secret.revealed) }
                }
            )
        }
    }

    // MARK: A call

    private var credentials: ConsumerCredentials { ConsumerCredentials(masterKey: rest.server.masterKey) }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        since version: Int,
        _ answer: (CredentialCall) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context, for: .chatter, waitsForWriters: true) { live, given in
            try RESTVersion.require(given, since: version)
            try Action.manageCredentials.require(live.account.permissions)
            guard let app = AppID(context.parameters.get("app") ?? "") else { throw RESTRefusal.notFound }
            let call = CredentialCall(
                live: live,
                version: given,
                actor: context.actor(live.account),
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
}

extension SignetRequestContext {
    /// Who acts, for the audit trail.
    func actor(_ account: AccountRecord) -> AuditActor { .user(account.user.id, source: source?.description) }
}
