import AuthorizationServer
import ClientApps
import Hummingbird
import MetadataAPI
import OAuthTypes
import Storage

/// Guards the caller's own credentials.
extension CredentialRoutes {
    static func isConfirmed(_ request: Request) throws -> Bool {
        try RESTQuery.flag("confirmOwnCredentials", of: request)
    }

    /// Whether the caller's token may have come of a pair: a JWT says of which; an opaque token says the app alone.
    static func mayBeOwn(
        _ record: CredentialRecord,
        of app: AppRecords.Stored,
        _ caller: TokenLiveness.LiveToken?,
        _ now: Timestamp
    ) -> Bool {
        guard let caller, app.id == caller.app.id, record.consumer.isUsable(at: now) else { return false }
        return caller.format == .opaque || caller.consumerKey == record.consumer.key
    }

    static let ownApp = RESTRefusal(
        .confirmationRequired,
        "This is the app that your own token came from: its present key and secret end with the overlap. If you mean it, send the request again with ?confirmOwnCredentials=true."
    )
    static let ownPair = RESTRefusal(
        .confirmationRequired,
        "Your own token may have come from this pair, and would be the last one of it. If you mean it, send the request again with ?confirmOwnCredentials=true."
    )
}

extension CredentialRefusal {
    /// The refusal with a code of the REST API.
    var atREST: RESTRefusal {
        switch self {
        case .noConsumer, .unknown, .nothingBeside: .notFound
        case .stagedAlready, .changedMeanwhile: RESTRefusal(.alreadyInProcess, description)
        case .tooManyRotated: RESTRefusal(.limitExceeded, description)
        case .notStaged: RESTRefusal(.invalidStatus, description)
        case .partOfServer: RESTRefusal(.cannotModifyManagedObject, description)
        case .overlapOutOfRange: RESTRefusal(.invalidField, description)
        }
    }
}
