import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// Signet's own resources of users: what `signet user` does, over the network.
struct UserRoutes: Sendable {
    let rest: RESTRoutes

    static let base = RESTRoutes.signet + "/users"

    /// `GET` and `POST …/signet/users`.
    func users(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        request.method == .post ? try await create(request, context) : try await list(request, context)
    }

    /// The users of the org, or the one with a `username`.
    private func list(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let page = try RESTPage(request)
            let username = try RESTQuery.value("username", of: request)
            let org = call.org
            let (found, sets) = try await rest.server.database.read { connection in
                let sets = try PermissionSets.all(org: org, on: connection)
                guard let username else {
                    return (try Users.page(org: org, offset: page.offset, limit: page.size, on: connection), sets)
                }
                let account = try Users.account(username: username, org: org, on: connection)
                return (page.number == 0 ? account.map { [$0] } ?? [] : [], sets)
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.array("users") { array in
                        for account in found { array.object { UserFacts.write(account, sets, &$0) } }
                    }
                    page.write(path: "/services/data/v\(call.version)/signet/users", into: &json)
                }
            )
        }
    }

    /// A new user.
    private func create(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let input = try await NewUserInput(request)
            let hash = try await hash(input.password)
            let user = try await call.write { try $0.create(input.user, hash: hash, on: $1) }
            return Responses.json(
                JSONWriter.object { json in
                    json.member("id", user.id.rawValue)
                    json.member("username", user.username)
                },
                status: .created
            )
        }
    }

    /// `PATCH …/signet/users/{id}`: `{"isFrozen": true}`, `{"password": "…"}`, or what the user may do: `profile`, `addPermissionSets`,
    /// `removePermissionSets`, `isActive`.
    func change(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let change = try await UserChangeInput(request)
            let hash: PasswordHash? = if case .password(let password) = change { try await hash(password) } else { nil }
            guard let id = UserID(context.parameters.get("user") ?? "") else { throw RESTRefusal.notFound }
            let clock = context.clock
            try await call.write { administration, connection in
                switch change {
                case .frozen(let isFrozen): try administration.setFrozen(isFrozen, id, on: connection)
                case .access(let access):
                    _ = try administration.change(id, access, clock: { clock.now }, on: connection)
                case .password:
                    guard let hash else { return }
                    try administration.setPassword(id, hash: hash, clock: { clock.now }, on: connection)
                }
            }
            try await rest.server.directory.refresh(now: context.clock.now)
            return Responses.empty(.noContent)
        }
    }

    private func hash(_ password: Secret?) async throws -> PasswordHash? {
        guard let password else { return nil }
        guard PasswordRule.isMet(by: password) else {
            throw RESTRefusal(.invalidField, "password: \(PasswordRule.text).")
        }
        return try await rest.server.hash(newPassword: password)
    }

    // MARK: A call

    private struct Call: Sendable {
        let live: RESTRoutes.Live
        let version: String
        let actor: AuditActor
        let clock: WallClock
        let server: AuthorizationServer

        var org: OrgID { live.org.org.id }

        /// Changes users with the permissions that the caller has by then.
        func write<Result: Sendable>(
            _ body: @escaping @Sendable (UserAdministration, any Connection) throws -> Result
        ) async throws -> Result {
            let (actor, clock, masterKey) = (actor, clock, server.masterKey)
            return try await live.write(.manageUsers, in: server.database) { standing, connection in
                let administration = UserAdministration(
                    org: standing.org.id,
                    masterKey: masterKey,
                    actor: actor,
                    now: clock.now,
                    permissions: standing.account.permissions
                )
                return try body(administration, connection)
            }
        }
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ answer: (Call) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context) { live, version in
            try Action.manageUsers.require(live.account.permissions)
            let call = Call(
                live: live,
                version: version,
                actor: context.actor(live.account),
                clock: context.clock,
                server: rest.server
            )
            do {
                return try await answer(call)
            } catch let refusal as UserRefusal {
                throw refusal.atREST
            } catch let violation as ConstraintViolation where violation.kind == .unique {
                throw RESTRefusal(.duplicateUsername, "Another request has just taken the username.")
            } catch is PasswordPool.Busy {
                throw RESTRefusal(
                    .serverUnavailable,
                    "Many passwords are being set just now; try again in a few seconds.",
                    status: .serviceUnavailable
                )
            }
        }
    }
}

extension UserRefusal {
    /// The refusal with a code of the REST API.
    fileprivate var atREST: RESTRefusal {
        switch self {
        case .noUser: .notFound
        case .noProfile(_, let there):
            RESTRefusal(.invalidField, "profile must be one of: \(there.joined(separator: ", ")).")
        case .noPermissionSet(_, let there):
            RESTRefusal(
                .invalidField,
                there.isEmpty
                    ? "permissionSets must be empty: this org has none."
                    : "permissionSets must be among: \(there.joined(separator: ", "))."
            )
        case .taken:
            RESTRefusal(
                .duplicateUsername,
                "The username is taken: a username names one user of all orgs of the server; choose another."
            )
        case .beyond: RESTRefusal(.insufficientAccess, description, status: .forbidden)
        case .oneself, .ownLimits: RESTRefusal(.invalidOperation, description)
        }
    }
}
