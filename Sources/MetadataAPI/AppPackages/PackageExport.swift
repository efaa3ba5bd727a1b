public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Makes packages of an org's apps, signed with the key of the org (facts: app-model 6.1).
public struct PackageExport: Sendable {
    /// The org of the app.
    public let org: Org
    /// Who makes it.
    public let actor: AuditActor
    /// When.
    public let now: Timestamp
    private let masterKey: MasterKey

    /// An export by somebody at a time; the org's package key is sealed under the master key.
    public init(org: Org, actor: AuditActor, now: Timestamp, masterKey: MasterKey) {
        (self.org, self.actor, self.now, self.masterKey) = (org, actor, now, masterKey)
    }

    /// A package as a file.
    public struct Made: Sendable {
        /// The archive.
        public let bytes: [UInt8]
        /// What it says of itself.
        public let manifest: AppPackageManifest
    }

    /// The package key of the org, made when it is first asked for.
    public func key(on connection: any Connection) throws -> PackageKey {
        // Two who ask first are told of one key.
        try AuditTrail.serialize(org.id, on: connection)
        if let stored = try PackageKeys.key(org: org.id, on: connection) {
            return try PackageKey(sealed: stored.sealedPrivateKey, org: org.id.rawValue, masterKey: masterKey)
        }
        let key = PackageKey()
        let record = PackageKeyRecord(
            publicKey: key.publicKey.bytes,
            sealedPrivateKey: try key.sealed(org: org.id.rawValue, under: masterKey),
            createdAt: now
        )
        try PackageKeys.insert(record, org: org.id, on: connection)
        return key
    }

    /// Makes a package of an app: its header, OAuth settings and plugin settings, and the values that its developer suggests for the
    /// policies. Global settings, policies and secrets stay.
    ///
    /// - Throws: ``PackageRefusal`` for an app that cannot be packaged, a version that is not above those before, and for defaults that
    ///   mean something in one org alone; `AppRecords.Missing` for an app that the org has no more.
    public func create(
        _ id: AppID,
        version: PackageVersion,
        defaults: OAuthPolicies?,
        on connection: any Connection
    ) throws -> Made {
        // What is packaged is what the org has, and above every other version, when the wait for other changes has ended.
        try AuditTrail.serialize(org.id, on: connection)
        guard let app = try AppRecords.find(id: id, on: connection), app.org == org.id else {
            throw AppRecords.Missing(app: id.rawValue)
        }
        let consumer = try requirePackageable(app, on: connection)
        try requireNewest(version, of: app, on: connection)
        let name = app.components.developerName
        let files = try PackageContents.files(
            of: app.components,
            link: "\(org.id.rawValue):\(consumer.rawValue)",
            scopedName: "\(org.id.rawValue):\(name)",
            defaults: defaults,
            customScopes: try PackagedScopes.scopes(of: app.components, org: org.id, on: connection)
        )
        let key = try key(on: connection)
        let (bytes, manifest) = try AppPackage.archive(
            files,
            { files in
                AppPackageManifest(
                    name: name,
                    version: version,
                    sourceOrg: org.id,
                    sourceApp: app.id,
                    issuer: org.issuer,
                    createdAt: now,
                    key: key.publicKey,
                    files: files
                )
            },
            signedWith: key
        )
        // What is given away can be installed, or is not given away.
        let package = try AppPackage(reading: bytes)
        let made = PackageRecords.Made(version.description, digest: package.digest, at: now)
        let receipt = try record(app, manifest, on: connection)
        try PackageRecords.insert(made, of: app.id, noted: receipt, on: connection)
        return Made(bytes: bytes, manifest: manifest)
    }

    /// - Returns: the id of the consumer that associated installations have.
    private func requirePackageable(_ app: AppRecords.Stored, on connection: any Connection) throws -> ConsumerID {
        let name = app.components.developerName
        func refuse(_ reason: String) -> PackageRefusal { .cannotBePackaged("'\(name)' cannot be packaged: \(reason)") }
        guard app.kind == .externalClientApp else {
            throw refuse("it is a connected app; make an external client app of it: signet app migrate \(name)")
        }
        guard try PackageRecords.installed(app.id, on: connection) == nil else {
            throw refuse("it came from a package itself; ask the org that made it")
        }
        guard app.components.header?.distributionState == .packaged else {
            throw refuse("its distributionState is not Packaged; its developer sets it in the header")
        }
        guard app.components.oauth != nil, app.components.globalOAuth != nil,
            let pair = try Credentials.all(app: app.id, on: connection).first(where: { $0.consumer.state == .active })
        else { throw refuse("it has no OAuth; add global and local OAuth settings") }
        do {
            try EditionFeature.externalClientApps.require(org.edition)
        } catch {
            throw refuse(error.description)
        }
        return pair.handle
    }

    private func requireNewest(_ version: PackageVersion, of app: AppRecords.Stored, on connection: any Connection)
        throws
    {
        let newest = try PackageRecords.made(of: app.id, on: connection).compactMap { PackageVersion($0.version) }.max()
        guard let newest, version <= newest else { return }
        throw PackageRefusal.cannotBePackaged(
            "version \(version) is not above \(newest), the newest that was made of '\(app.components.developerName)'; give a higher one"
        )
    }

    private func record(_ app: AppRecords.Stored, _ manifest: AppPackageManifest, on connection: any Connection) throws
        -> AuditTrail.Receipt
    {
        try AuditTrail.record(
            AuditEvent(
                org: org.id,
                at: now,
                actor: actor,
                action: .packageCreated,
                subjectKind: app.kind.metadataType.rawValue,
                subjectName: app.components.developerName,
                changes: [
                    AuditChange("version", before: nil, after: manifest.version.description),
                    AuditChange("key", before: nil, after: manifest.key.fingerprint),
                ]
            ),
            on: connection
        )
    }
}
