import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import XML

/// The SOAP encoding of the Metadata API at `/services/Soap/m/NN.0`, whatever follows in the path, whatever the SOAPAction says, and
/// whatever the content is called: clients differ in all of them (facts: clients 3).
struct MetadataSOAPRoutes: Sendable {
    static let path = "/services/Soap/m/{version}"

    let server: AuthorizationServer
    let gate: OrgGate
    let reading: OrgGate

    private var service: MetadataService { MetadataService(database: server.database, masterKey: server.masterKey) }

    func answer(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        do {
            return try await answered(request, context)
        } catch let fault as SOAPFault {
            context.note(fault)
            return fault.response(.metadata)
        } catch let fault as MetadataFault {
            context.note(SOAPFault(fault))
            return SOAPFault(fault).response(.metadata)
        } catch let busy as OrgGate.Busy {
            let fault = SOAPFault(.serverUnavailable, busy.text)
            context.note(fault)
            return fault.response(.metadata)
        }
    }

    private func answered(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let version = Int((context.parameters.get("version") ?? "").prefix { $0 != "." }) ?? 0
        guard MetadataCaller.versions.contains(version) else {
            throw SOAPFault(
                .unsupportedAPIVersion,
                "Use \(MetadataCaller.versions.lowerBound).0 to \(MetadataCaller.versions.upperBound).0 in the path."
            )
        }
        let sessions = SOAPSessions(server: server)
        return try await SOAPBody.with(request, gate: gate) { session in
            let org = try context.requireOrg()
            let account = try await sessions.account(session, org, version: version, context)
            do throws(MissingPermission) {
                try Action.useMetadataAPI.require(account.permissions)
            } catch {
                throw MetadataFault(error)
            }
            return SOAPBody.Sender(org: org.org.id, isOnlyOrg: try await server.hasOneOrg)
        } use: { bytes in
            let envelope = try SOAPEnvelope(bytes)
            // The body may have taken its time: the request counts from now on.
            var context = context
            context.now = context.clock.now
            let org = try context.requireOrg()
            let account = try await sessions.account(envelope.sessionID, org, version: version, context)
            let reader = MetadataCallReader(envelope, version: version)
            let caller = MetadataCaller(
                org: org.org,
                account: account,
                source: context.source?.description,
                version: reader.spokenVersion,
                now: context.now
            )
            let operation = try reader.operation()
            let perform = {
                try await answer(operation, of: envelope.call.local, by: caller, context)
            }
            guard operation.readsManyDocuments else { return try await perform() }
            return try await reading.run(org.org.id, isOnlyOrg: try await server.hasOneOrg, perform)
        }
    }

    private func answer(
        _ operation: MetadataOperation,
        of call: String,
        by caller: MetadataCaller,
        _ context: SignetRequestContext
    ) async throws -> Response {
        let clock = context.clock
        let outcome = try await service.perform(operation, by: caller) { clock.now }
        if case .saved = outcome { try await server.directory.refresh(now: context.now) }
        var writer = SOAPWriter(.metadata)
        writer.answer(call) { MetadataAnswers.write(outcome, of: call, into: &$0) }
        return writer.response()
    }
}

/// Who a session id of SOAP is: one that a login gave, or an access token of an app that may call APIs. JWTs are taken from version 68.0
/// on (facts: app-model 11.1).
struct SOAPSessions: Sendable {
    /// The first version in which a session may be a JWT.
    private static let firstWithJWT = 68

    let server: AuthorizationServer

    /// - Throws: ``SOAPFault``.
    func account(
        _ session: String?,
        _ org: OrgState,
        version: Int,
        _ context: SignetRequestContext
    ) async throws -> AccountRecord {
        guard let session, !session.isEmpty else { throw SOAPFault.invalidSession }
        guard session.utf8.contains(UInt8(ascii: "!")) || version >= Self.firstWithJWT else {
            throw SOAPFault(
                .invalidSessionID,
                "This session ID is not valid for use with the API: JWT access tokens are taken from version 68.0 on. Use 68.0 in the path, or an app that issues opaque tokens."
            )
        }
        do {
            return try await APICallers(server: server).live(session, org, context).account
        } catch {
            switch error {
            case .dead: throw SOAPFault.invalidSession
            case .lacksScope: throw SOAPFault(.insufficientAccess, APICallers.lacksScopeText(.api))
            case .disabledForOrg: throw SOAPFault(.apiDisabledForOrg, APICallers.disabledForOrgText)
            case .failed(let error): throw error
            }
        }
    }
}

extension MetadataOperation {
    /// Whether all documents of the org may have to be read for the answer.
    fileprivate var readsManyDocuments: Bool {
        switch self {
        case .checkRetrieveStatus(_, let includeZip): includeZip
        case .listMetadata: true
        // Ten components at most, whose secrets may have to wait for a writer.
        case .read: false
        case .deploy, .deployRecentValidation, .checkDeployStatus, .cancelDeploy, .retrieve, .checkStatus,
            .describeMetadata, .describeValueType, .create, .update, .upsert, .delete, .rename:
            false
        }
    }
}

extension AuthorizationServer {
    /// Whether there is one org, which has nobody to leave places to.
    var hasOneOrg: Bool {
        get async throws { try await directory.orgTable().ids.count == 1 }
    }
}
