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

    /// Answers a token request with the bytes of the JSON answer.
    ///
    /// - Throws: an ``OAuthError``, or what the database throws.
    public func answer(_ request: Request, org: OrgState, now: Timestamp) async throws -> [UInt8] {
        guard org.org.isActive else {
            throw OAuthError(.inactiveOrg, "this org is locked: nobody can sign in or get a token; ask its admin.")
        }
        if case .jwtBearer(let assertion) = request.grant {
            return try await answer(bearer: assertion, request, org, now)
        }
        let client = try await server.clientAuthenticator.authenticate(request.credentials, org: org.org, now: now)
        let context = GrantContext(
            client: client,
            org: org,
            source: request.source,
            now: now,
            masterKey: server.masterKey
        )
        let means = try await server.tokenIssuer.signingMeans(org.org)
        let grant = try await approve(request.grant, context)
        return try await server.tokenIssuer.issue(grant, with: means, org: org.org, now: now)
    }

    private func answer(
        bearer assertion: String,
        _ request: Request,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8] {
        let grant = JWTBearerGrant(assertion: assertion, server: server)
        let (context, bearer) = try await grant.verify(request.credentials, org: org, source: request.source, now: now)
        let means = try await server.tokenIssuer.signingMeans(org.org)
        let approved = try await outcome(now) { connection in try grant.run(bearer, context, on: connection) }
        return try await server.tokenIssuer.issue(approved, with: means, org: org.org, now: now)
    }

    private func approve(_ request: GrantRequest, _ context: GrantContext) async throws -> ApprovedGrant {
        switch request {
        case .authorizationCode(let code, let redirectURI, let codeVerifier):
            let grant = AuthorizationCodeGrant(code: code, redirectURI: redirectURI, codeVerifier: codeVerifier)
            return try await outcome(context.now) { connection in try grant.run(context, on: connection) }
        case .refreshToken(let token, let scope):
            let grant = RefreshTokenGrant(token: token, scope: scope, rotation: server.rotation)
            return try await outcome(context.now) { connection in try grant.run(context, on: connection) }
        case .clientCredentials(let scope):
            return try await clientCredentials(ClientCredentialsGrant(scope: scope), context)
        case .jwtBearer:
            throw OAuthError(
                .serverError,
                "The request could not be answered.",
                detail: "JWT bearer took the wrong path"
            )
        }
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
                try context.writeOpaqueToken(for: runAs, scopes: scopes, authorization: nil, on: connection)
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
