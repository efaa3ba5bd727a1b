import ClientApps
public import OAuthTypes
public import Storage
public import Tokens

/// What earlier releases kept in the clear: the credentials of push services in the documents of apps.
public enum StoredCredentials {
    /// Seals them under the master key, app by app; each app is in the audit trail of its org. Where there are none, nothing is written.
    ///
    /// - Returns: of how many apps there were any.
    /// - Throws: what the database throws; the apps before are sealed then.
    public static func seal(
        under masterKey: MasterKey,
        in database: any Database,
        by actor: AuditActor,
        now: Timestamp
    ) async throws -> Int {
        let push = PushCredentials(masterKey: masterKey)
        var count = 0
        let unsealed = try await database.read { connection in
            try AppRecords.having(.pushSettings, on: connection).filter { id in
                guard let app = try AppRecords.find(id: id, on: connection) else { return false }
                return try push.sealed(app.components, of: id) != app.components
            }
        }
        for id in unsealed {
            let isSealed = try await database.write { connection in
                guard let org = try AppRecords.find(id: id, on: connection)?.org else { return false }
                try AuditTrail.serialize(org, on: connection)
                guard let app = try AppRecords.find(id: id, on: connection) else { return false }
                let sealed = try push.sealed(app.components, of: id)
                guard sealed != app.components else { return false }
                try AppRecords.save(sealed, over: app, by: actor, now: now, on: connection)
                return true
            }
            if isSealed { count += 1 }
        }
        return count
    }
}

extension PushCredentials {
    /// The documents of an app with its credentials sealed, whatever stands in the database.
    fileprivate func sealed(_ app: AppComponents, of id: AppID) throws -> AppComponents {
        guard case .pushSettings(let settings)? = app.plugins[.pushSettings]?.content else { return app }
        var app = app
        app.plugins[.pushSettings]?.content = .pushSettings(try sealed(settings, id: id))
        return app
    }
}
