import ClientApps
import MetadataAPI
import OAuthTypes
import Storage

/// A rotation on a data directory.
struct LocalRotation {
    let app: AppRecords.Stored
    let data: OpenedOrg

    /// Does a step and says what was done, as JSON.
    ///
    /// - Throws: `CredentialRefusal`.
    func done(_ step: RotationStep, on connection: any Connection) throws -> [UInt8] {
        let credentials = ConsumerCredentials(masterKey: data.masterKey)
        let actor = AuditActor.commandLine("app rotate")
        let now = data.now
        switch step {
        case .stage:
            let made = try credentials.stage(app, by: actor, now: now, on: connection)
            return write(made, showsSecret: true)
        case .replace(let key, let secret):
            let made = try credentials.replace(app, key: key, secret: secret, by: actor, now: now, on: connection)
            // A secret that stays is no news, and is not shown again.
            return write(made, showsSecret: secret)
        case .discard:
            let deleted = try credentials.delete(app, handle: nil, by: actor, now: now, on: connection)
            return JSONWriter.object { $0.array("discardedConsumerKeys", of: deleted.map(\.consumer.key)) }
        case .apply(let days):
            let old = try credentials.rotate(
                app,
                staged: nil,
                overlapDays: days,
                by: actor,
                now: now,
                on: connection
            )
            let current = try Credentials.all(app: app.id, on: connection).first { $0.consumer.state == .active }
            return JSONWriter.object { json in
                json.member("consumerKey", current?.consumer.key ?? "")
                json.member("oldConsumerKey", old.consumer.key)
                json.member("oldExpiresAt", ifPresent: old.consumer.expiresAt?.rfc3339)
            }
        }
    }

    private func write(_ made: ConsumerCredentials.Revealed, showsSecret: Bool) -> [UInt8] {
        JSONWriter.object { json in
            json.member("consumerKey", made.record.consumer.key)
            if showsSecret { json.member("consumerSecret", made.secret.revealed) }
            json.member("expiresAt", ifPresent: made.record.consumer.expiresAt?.rfc3339)
        }
    }
}
