import ClientApps
public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// Finds the org of a request that came to the login host, which serves all orgs: by the consumer key of the app, or by the token. The
/// org is then asked as it is at its own host; that it was found says nothing of what the request may do.
public struct LoginHost: Sendable {
    let directory: Directory
    let masterKey: MasterKey
    /// The origin of the login host.
    let origin: String

    /// The org whose app a client says that it is.
    ///
    /// - Throws: `invalid_client_id` where no org has the app, `invalid_request` where nothing names one.
    public func org(of request: TokenEndpoint.Request, now: Timestamp) async throws -> OrgState {
        if case .jwtBearer(let assertion) = request.grant {
            return try await org(consumerKey: UnverifiedAssertion(assertion).issuer, now: now)
        }
        return try await org(of: request.credentials, now: now)
    }

    /// The org of the app that some credentials name.
    ///
    /// - Throws: `invalid_client_id` where no org has the app, `invalid_request` where nothing names one.
    public func org(of credentials: ClientCredentials, now: Timestamp) async throws -> OrgState {
        switch credentials {
        case .none:
            throw OAuthError(.invalidRequest, "The parameter 'client_id' is missing; send the consumer key of the app.")
        case .identifier(let key), .secret(let key, _, _), .assertion(_, let key?):
            return try await org(consumerKey: key, now: now)
        case .assertion(let assertion, nil):
            return try await org(consumerKey: UnverifiedAssertion(assertion).issuer, now: now)
        }
    }

    /// The org whose app has a consumer key.
    ///
    /// - Throws: `invalid_client_id` where no org has it.
    public func org(consumerKey: String, now: Timestamp) async throws -> OrgState {
        guard let owner = try await directory.owner(ofConsumer: consumerKey),
            let org = try await directory.orgTable().org(owner)
        else {
            throw OAuthError(
                .invalidClientID,
                "client identifier invalid: no app of this server has this consumer key."
            )
        }
        return org.reached(at: origin)
    }

    /// The org that a token says it is of: an access token by its text, a refresh token by its row. Nothing is believed yet.
    ///
    /// - Returns: `nil` where the token names no org of this server.
    public func org(ofToken token: String) async throws -> OrgState? {
        let table = try await directory.orgTable()
        if let short = OpaqueToken.orgPart(of: token) { return table.org(shortID: short)?.reached(at: origin) }
        if let payload = CompactSegments(token)?.payload, let issuer = try? JSONScanner.object(payload)["iss"]?.string,
            case .myDomain(let org)? = table.site(Authority(origin: issuer)), org.org.issuer == issuer
        {
            return org.reached(at: origin)
        }
        let digest = TokenDigest.sha256(token)
        let record = try await directory.database.read { try RefreshTokens.find(digest: digest, on: $0) }
        return record.flatMap { table.org($0.authorization.org) }?.reached(at: origin)
    }

    /// The org with an id.
    ///
    /// - Returns: `nil` where the server has no such org.
    public func org(id: String) async throws -> OrgState? {
        let table = try await directory.orgTable()
        return OrgID(id).flatMap(table.org)?.reached(at: origin)
    }

    /// The org of the user with a username. One that nobody has is looked for in the first org, so that it is refused there after the same
    /// work as a wrong password.
    ///
    /// - Returns: `nil` while the server has no org.
    public func org(username: String) async throws -> OrgState? {
        let table = try await directory.orgTable()
        let found = try await directory.database.read { try Users.org(username: username, on: $0) }
        return (found ?? table.ids.min()).flatMap(table.org)?.reached(at: origin)
    }

    /// The org of the app whose authorization request a page carries on.
    ///
    /// - Throws: `invalid_request` for a page that is not ours or of another browser, `invalid_client_id` for an app that is gone.
    public func org(
        ofTransaction fields: FormFields,
        browser: BrowserBinding,
        now: Timestamp
    ) async throws -> OrgState {
        let text = try fields.required("transaction")
        return try await org(consumerKey: Transaction.consumerKey(text, browser: browser, masterKey), now: now)
    }

    /// The public keys of the ID tokens of all orgs (RFC 7517 section 5): the issuer of an ID token that was had here is this host.
    public func keys() async throws -> [UInt8] { try await directory.idTokenKeys() }
}
