import ClientApps
import Hummingbird
import MetadataAPI
import OAuthTypes
import Storage

/// A pair, with its secret where it is shown.
struct ShownPair: Sendable {
    let record: CredentialRecord
    let secret: Secret?

    /// The secret of a pair that has expired is nobody's business any more.
    static func reveal(
        _ records: [CredentialRecord],
        of app: AppRecords.Stored,
        _ credentials: ConsumerCredentials,
        _ actor: AuditActor,
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> [ShownPair] {
        let live = records.filter { $0.consumer.isUsable(at: now) }
        let revealed = try credentials.reveal(live, of: app, by: actor, now: now, on: connection)
        return records.map { record in
            ShownPair(record: record, secret: revealed.first { $0.record.consumer.id == record.consumer.id }?.secret)
        }
    }
}

extension CredentialCall {
    func collection(_ shown: [ShownPair], _ now: Timestamp) -> Response {
        Responses.json(
            JSONWriter.object { json in
                json.array("stagedCredentials") { array in
                    for pair in shown { array.object { write(pair, now, into: &$0) } }
                }
                json.member("url", stagedPath)
            }
        )
    }

    func answer(_ shown: ShownPair, _ now: Timestamp) -> Response {
        Responses.json(JSONWriter.object { write(shown, now, into: &$0) })
    }

    private var stagedPath: String { "\(path)/\(consumerText)/staged" }

    /// Both addresses are those of the pair itself: documents give them other meanings, and clients rotate and delete by either.
    private func write(_ shown: ShownPair, _ now: Timestamp, into json: inout JSONWriter) {
        let record = shown.record
        let url = "\(stagedPath)/\(record.handle.rawValue)"
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
struct CredentialPart {
    let hasKey: Bool
    let hasSecret: Bool

    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE` for another word.
    init(_ request: Request) throws {
        switch try RESTQuery.value("part", of: request)?.lowercased() {
        case nil, "key": (hasKey, hasSecret) = (true, false)
        case "secret": (hasKey, hasSecret) = (false, true)
        case "keyandsecret": (hasKey, hasSecret) = (true, true)
        default:
            throw RESTRefusal(.illegalQueryParameterValue, "part must be key, secret or keyandsecret.")
        }
    }
}

extension JSONWriter {
    /// Writes an App OAuth Credentials: what it has of key and secret, and its addresses.
    mutating func writeConsumer(
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
