import AuthorizationServer
import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// A call whose caller may see and change pairs, in an org that lets REST do so.
struct CredentialCall: Sendable {
    let live: RESTRoutes.Live
    let version: String
    let actor: AuditActor
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
        return try await live.write(.manageCredentials, in: database) { _, connection in
            let stored = try Self.stored(app, org, on: connection)
            // After the trail, as all that changes apps does, so that no two wait for each other.
            try Credentials.serialize(app, on: connection)
            return try body(stored, connection)
        }
    }

    private static func stored(_ app: AppID, _ org: OrgID, on connection: any Connection) throws
        -> AppRecords.Stored
    {
        guard try OrgSettings.externalClientApps(org: org, on: connection).enableClientSecretInRESTAPIAccess == true
        else { throw notEnabled }
        // Connected apps have permissions of their own (facts: app-model 4.2), so these resources do not know them.
        guard let stored = try AppRecords.find(id: app, on: connection), stored.org == org,
            stored.kind == .externalClientApp
        else { throw RESTRefusal.notFound }
        return stored
    }

    /// In the words that clients look for (facts: app-model 7.3).
    private static let notEnabled = RESTRefusal(
        .functionalityNotEnabled,
        "Access to consumer secrets by REST is not currently enabled: this feature is not enabled for this org. An admin sets enableClientSecretInRestApiAccess of ExternalClientAppSettings, an operator: signet org set --rest-secrets on.",
        status: .forbidden
    )

    static func name(of app: AppRecords.Stored) -> String {
        app.components.header?.label ?? app.components.developerName
    }

    /// The current pair of an app.
    ///
    /// - Parameter handle: what the caller calls it; `nil` for whichever it is.
    static func current(
        _ app: AppRecords.Stored,
        _ handle: ConsumerID? = nil,
        on connection: any Connection
    ) throws -> CredentialRecord {
        let current = try Credentials.all(app: app.id, on: connection).first { $0.consumer.state == .active }
        guard let current, handle == nil || current.handle == handle else { throw RESTRefusal.notFound }
        return current
    }

    /// A pair beside the current one.
    static func beside(
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
}
