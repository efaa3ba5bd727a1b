import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import XML

/// What clients call of the partner and the enterprise API, at `/services/Soap/u/NN.0` and `/services/Soap/c/NN.0`: a session by username and
/// password, its end, and whose it is (facts: clients 1); and blank profiles.
struct LoginRoutes: Sendable {
    /// Clients of any age sign in here and go on elsewhere.
    private static let versions = 20...MetadataCaller.versions.upperBound
    /// In the words of the original, which never say whether the user exists.
    private static let wrong = "Invalid username, password, security token; or user locked out."

    let server: AuthorizationServer
    let dialect: SOAPDialect
    let gate: OrgGate

    private var letter: String { dialect == .partner ? "u" : "c" }
    var path: String { "/services/Soap/\(letter)/{version}" }

    func answer(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        do {
            let version = Int((context.parameters.get("version") ?? "").prefix { $0 != "." }) ?? 0
            guard Self.versions.contains(version) else {
                throw SOAPFault(
                    .unsupportedAPIVersion,
                    "Use \(Self.versions.lowerBound).0 to \(Self.versions.upperBound).0 in the path."
                )
            }
            return try await SOAPBody.with(request, gate: gate) { _ in
                throw SOAPFault(.limitExceeded, "The message is larger than \(SOAPBody.smallBytes) bytes.")
            } use: { bytes in
                try await answer(try SOAPEnvelope(bytes), version, context)
            }
        } catch let fault as SOAPFault {
            context.note(fault)
            return fault.response(dialect)
        }
    }

    private func answer(
        _ envelope: SOAPEnvelope,
        _ version: Int,
        _ context: SignetRequestContext
    ) async throws -> Response {
        var writer = SOAPWriter(dialect)
        switch envelope.call.local {
        case "login":
            try await login(envelope, version, context, into: &writer)
        case "logout":
            try await logout(envelope, version, context)
            writer.answer("logout") { _ in }
        case "getUserInfo":
            let org = try await org(of: envelope, context)
            let account = try await account(envelope, org, version, context)
            writer.answer("getUserInfo") { writer in
                writer.open("result")
                LoginAnswers.write(account, org.org, timeout: nil, into: &writer)
                writer.close("result")
            }
        case "getServerTimestamp":
            _ = try await account(envelope, try await org(of: envelope, context), version, context)
            writer.answer("getServerTimestamp") { writer in
                writer.open("result")
                writer.element("timestamp", context.now)
                writer.close("result")
            }
        case "create":
            let org = try await org(of: envelope, context)
            let caller = MetadataCaller(
                org: org.org,
                account: try await account(envelope, org, version, context),
                source: context.source?.description,
                version: version,
                now: context.now
            )
            try await ObjectCreation(server: server, clock: context.clock).answer(
                envelope.call,
                by: caller,
                into: &writer
            )
        default:
            throw SOAPFault(
                .invalidOperation,
                "This API has login, logout, getUserInfo, getServerTimestamp and create; metadata is at /services/Soap/m."
            )
        }
        return writer.response()
    }

    private func account(
        _ envelope: SOAPEnvelope,
        _ org: OrgState,
        _ version: Int,
        _ context: SignetRequestContext
    ) async throws -> AccountRecord {
        try await SOAPSessions(server: server).account(envelope.sessionID, org, version: version, context)
    }

    /// The org of a session: that of the host; at the login host, the one that the session id names.
    private func org(of envelope: SOAPEnvelope, _ context: SignetRequestContext) async throws -> OrgState {
        try await context.org(of: server) { host in
            guard let org = try await host.org(ofToken: envelope.sessionID ?? "") else {
                throw SOAPFault.invalidSession
            }
            return org
        }
    }

    // MARK: Login

    private func login(
        _ envelope: SOAPEnvelope,
        _ version: Int,
        _ context: SignetRequestContext,
        into writer: inout SOAPWriter
    ) async throws {
        try envelope.call.requireSingle()
        let username = envelope.call.value("username") ?? ""
        let given = envelope.organizationID
        let state = try await context.org(of: server) { host in
            // Where the org is named, the user is looked for there alone: anything else would tell whose user it is.
            let org = if let given { try await host.org(id: given) } else { try await host.org(username: username) }
            guard let org else { throw SOAPFault(.invalidLogin, Self.wrong, detail: "LoginFault") }
            return org
        }
        if let given, OrgID(given) != state.org.id {
            throw SOAPFault(.invalidLogin, Self.wrong, detail: "LoginFault")
        }
        let outcome = try await server.apiSessions.signIn(
            username: username,
            password: Secret(envelope.call.child("password")?.text ?? ""),
            source: context.source,
            org: state,
            isOrgNamed: context.loginOrigin == nil || given != nil,
            now: context.now
        )
        switch outcome {
        case .refused(let refusal):
            context.note(refusal)
            throw Self.fault(refusal)
        case .signedIn(let session, let account, let timeout):
            let (org, letter) = (state.org, letter)
            writer.answer("login") { writer in
                writer.open("result")
                let end = "\(version).0/\(org.id.short)"
                writer.element("metadataServerUrl", "\(org.issuer)/services/Soap/m/\(end)")
                writer.element("passwordExpired", false)
                writer.element("sandbox", false)
                writer.element("serverUrl", "\(org.issuer)/services/Soap/\(letter)/\(end)")
                writer.element("sessionId", session.revealed)
                writer.element("userId", account.user.id.rawValue)
                writer.open("userInfo")
                LoginAnswers.write(account, org, timeout: timeout, into: &writer)
                writer.close("userInfo")
                writer.close("result")
            }
        }
    }

    /// What a caller who has not proved anything is told is one text; who has the right password is told what keeps them out.
    private static func fault(_ refusal: SignInRefusal) -> SOAPFault {
        switch refusal.reason {
        case .apiDisabledForUser:
            SOAPFault(.apiCurrentlyDisabled, "API is disabled for this User", detail: "LoginFault")
        case .apiDisabledForOrg:
            SOAPFault(.apiDisabledForOrg, APICallers.disabledForOrgText, detail: "LoginFault")
        case .restrictedAddress:
            SOAPFault(
                .loginDuringRestrictedDomain,
                "The address of this request is outside the IP ranges of the org or the profile; ask the admin to add it.",
                detail: "LoginFault"
            )
        case .passwordLoginBlocked:
            SOAPFault(
                .functionalityNotEnabled,
                "Login by password is blocked in this org: blockOAuthUnPwFlow of OauthOidcSettings is true. Use an access token of an app as the session id.",
                detail: "LoginFault"
            )
        case .apiAccessControl:
            SOAPFault(
                .functionalityNotEnabled,
                "Login by password is for users with \(Permission.useAnyAPIClient.fullLabel) in this org: enableAdminApprovedAppsOnly of ConnectedAppSettings is true. Use an access token of an app that the admin approved as the session id.",
                detail: "LoginFault"
            )
        case .busy:
            SOAPFault(
                .serverUnavailable,
                "Too many people are signing in just now. Try again in a few seconds.",
                detail: "LoginFault"
            )
        default: SOAPFault(.invalidLogin, wrong, detail: "LoginFault")
        }
    }

    /// Ends the session that is shown: one that a login gave, or an access token.
    private func logout(_ envelope: SOAPEnvelope, _ version: Int, _ context: SignetRequestContext) async throws {
        let org = try await org(of: envelope, context)
        _ = try await account(envelope, org, version, context)
        guard let session = envelope.sessionID, try await !server.apiSessions.end(session) else { return }
        let fields = FormFields([FormFields.Field(name: "token", value: session)])
        do {
            try await server.revocationEndpoint.revoke(
                fields: fields,
                org: org,
                now: context.now
            )
        } catch is OAuthError {
            throw SOAPFault.invalidSession
        }
    }
}
