import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// The token endpoint (RFC 6749 section 3.2): who asks, for what grant, one transaction, then the signature.
public struct TokenEndpoint: Sendable {
    let server: AuthorizationServer

    /// A token request, read from HTTP.
    public struct Request: Sendable {
        let credentials: ClientCredentials
        let grant: GrantRequest
        let source: IPAddress?

        /// Reads a request from its form.
        ///
        /// - Throws: what ``GrantRequest`` and ``ClientCredentials`` refuse.
        public init(fields: FormFields, basic: BasicCredentials?, source: IPAddress?) throws(OAuthError) {
            self.grant = try GrantRequest(fields)
            self.credentials = try ClientCredentials(fields: fields, basic: basic)
            self.source = source
        }
    }

    /// A token answer, and what the operator should read of it.
    public struct Answer: Sendable {
        /// The bytes of the JSON answer.
        public let body: [UInt8]
        /// Authorizations of the same user and app that ended with this answer, since there may be only so many.
        public let ended: [AuthorizationID]
    }

    /// Answers a token request.
    ///
    /// - Throws: an ``OAuthError``, or what the database throws.
    public func answer(_ request: Request, org: OrgState, now: Timestamp) async throws -> Answer {
        guard org.org.isActive else {
            throw OAuthError(.inactiveOrg, UserGate.lockedText)
        }
        switch request.grant {
        case .authorizationCode(let code, let redirectURI, let codeVerifier):
            let grant = AuthorizationCodeGrant(code: code, redirectURI: redirectURI, codeVerifier: codeVerifier)
            let context = try await authenticated(request, org, now)
            return try await answer(context) { try await outcome(now) { try grant.run(context, on: $0) } }
        case .refreshToken(let token, let scope):
            let grant = RefreshTokenGrant(token: token, scope: scope, rotation: server.rotation)
            let context = try await authenticated(request, org, now)
            return try await answer(context) { try await refreshed(grant, context) }
        case .clientCredentials(let scope):
            let context = try await authenticated(request, org, now)
            try requireMyDomain(org)
            return try await answer(context) {
                try await clientCredentials(ClientCredentialsGrant(scope: scope), context)
            }
        case .jwtBearer(let text):
            let assertion = try UnverifiedAssertion(text)
            let client = try await server.clientAuthenticator.authenticate(
                bearer: assertion,
                beside: request.credentials,
                org: org.org,
                now: now
            )
            let grant = try JWTBearerGrant(
                assertion,
                of: client,
                org: org.org,
                loginOrigin: server.directory.loginOrigin,
                now: now
            )
            let context = context(of: client, request, org, now)
            return try await answer(context) { try await outcome(now) { try grant.run(context, on: $0) } }
        }
    }

    /// A machine works for one org, and the original takes it at that org's host alone (facts: flows 1.1).
    private func requireMyDomain(_ org: OrgState) throws(OAuthError) {
        guard org.isAtLoginHost else { return }
        throw OAuthError(
            .invalidGrant,
            "request not supported on this domain: client credentials are taken at the My Domain host of the org alone; send the request to \(org.org.issuer)/services/oauth2/token."
        )
    }

    private func authenticated(_ request: Request, _ org: OrgState, _ now: Timestamp) async throws -> GrantContext {
        let client = try await server.clientAuthenticator.authenticate(request.credentials, org: org.org, now: now)
        return context(of: client, request, org, now)
    }

    private func context(of client: AuthenticatedClient, _ request: Request, _ org: OrgState, _ now: Timestamp)
        -> GrantContext
    {
        GrantContext(client: client, org: org, source: request.source, now: now, masterKey: server.masterKey)
    }

    /// Takes the means to sign before the grant uses anything up, and signs when all that it wrote is durable.
    private func answer(_ context: GrantContext, _ approve: () async throws -> ApprovedGrant) async throws -> Answer {
        let (org, now) = (context.org, context.now)
        let means = try await server.tokenIssuer.means(for: context.client, org.org, now: now)
        let grant = try await approve()
        for authorization in grant.ended { server.noteRevoked(authorization, now: now) }
        let body = try await server.tokenIssuer.issue(grant, with: means, org: org, now: now)
        return Answer(body: body, ended: grant.ended)
    }

    /// Nothing is written for an app with JWT access tokens: the token is all there is.
    private func clientCredentials(_ grant: ClientCredentialsGrant, _ context: GrantContext) async throws
        -> ApprovedGrant
    {
        var account: AccountRecord?
        if let user = context.app.runAsUser { account = try await server.directory.account(user) }
        let (runAs, scopes) = try grant.approve(context, runAs: account)
        let opaque: OpaqueGrant? =
            context.app.tokenFormat == .jwt
            ? nil
            : try await server.database.write { connection in
                try context.writeOpaqueToken(
                    for: runAs,
                    scopes: scopes,
                    by: .clientCredentials,
                    authorization: nil,
                    on: connection
                )
            }
        return ApprovedGrant(
            app: context.app,
            consumer: context.client.consumer,
            account: runAs,
            scopes: scopes,
            authorization: nil,
            opaqueToken: opaque,
            refreshToken: nil,
            signIn: nil
        )
    }

    /// A refusal is counted after its transaction, which it takes back with all that was rotated; it is the answer also where it cannot be
    /// counted.
    private func refreshed(_ grant: RefreshTokenGrant, _ context: GrantContext) async throws -> ApprovedGrant {
        do {
            return try await outcome(context.now) { try grant.run(context, on: $0) }
        } catch let refusal as OAuthError {
            try? await server.database.write { connection in
                guard let authorization = try grant.authorization(context, on: connection) else { return }
                try Authorizations.countRefusal(of: authorization, on: connection)
            }
            throw refusal
        }
    }

    private func outcome(
        _ now: Timestamp,
        _ run: @escaping @Sendable (any Connection) throws -> GrantOutcome
    ) async throws -> ApprovedGrant {
        switch try await server.database.write(run) {
        case .approved(let grant):
            return grant
        case .refused(let error):
            throw error
        case .revoked(let error, let authorization):
            server.noteRevoked(authorization, now: now)
            throw error
        }
    }
}
