import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What must be so for a package to be installed or upgraded in an org.
extension PackageInstallation {
    func requireTrusted(_ package: AppPackage, on connection: any Connection) throws {
        let fingerprint = package.manifest.key.fingerprint
        let trusted = try PackageSigners.all(org: org.id, on: connection).map(\.fingerprint)
        guard trusted.contains(fingerprint) else {
            throw PackageRefusal.unknownSigner(fingerprint: fingerprint, issuer: package.manifest.issuer)
        }
    }

    func requireFree(_ package: AppPackage, on connection: any Connection) throws {
        let name = package.manifest.name
        guard package.manifest.sourceOrg != org.id else {
            throw PackageRefusal.cannotBeInstalled("this org made the package of '\(name)', and has the app itself")
        }
        do {
            try EditionFeature.packagedApps.require(org.edition)
        } catch {
            throw PackageRefusal.cannotBeInstalled(error.description)
        }
        guard try !CreationRules.hasOptedOut(org, on: connection) else {
            throw PackageRefusal.cannotBeInstalled(CreationRules.optOut)
        }
        let source = package.manifest.sourceApp
        if let app = try PackageRecords.installation(of: source, org: org.id, on: connection),
            let present = try PackageRecords.installed(app.id, on: connection)
        {
            throw PackageRefusal.cannotBeInstalled(
                "'\(app.components.developerName)' is installed in version \(present.version); use: signet package upgrade"
            )
        }
        guard try AppRecords.find(developerName: name, org: org.id, on: connection) == nil else {
            throw PackageRefusal.cannotBeInstalled("another app of this org is named '\(name)'; delete it first")
        }
    }

    /// The app that a package is another version of. It is found by the app that both were made of, and has the same name: one of
    /// another name beside it would have the same consumer.
    func installation(of package: AppPackage, on connection: any Connection) throws -> AppRecords.Stored {
        let (name, source) = (package.manifest.name, package.manifest.sourceApp)
        guard let app = try PackageRecords.installation(of: source, org: org.id, on: connection) else {
            let other = try AppRecords.find(developerName: name, org: org.id, on: connection)
            throw PackageRefusal.cannotBeInstalled(
                other == nil
                    ? "'\(name)' is not installed in this org; first: signet package install"
                    : "the app '\(name)' of this org did not come from this package; delete or uninstall it first"
            )
        }
        guard app.components.comparableName == package.components.comparableName else {
            let present = app.components.developerName
            throw PackageRefusal.cannotBeInstalled(
                "the app is installed as '\(present)', and this package calls it '\(name)'; ask its maker for a package of the old name, or uninstall it first: signet package uninstall \(present)"
            )
        }
        return app
    }

    /// Requires that the app which the package was made of is on this server, that its own org signed the package, and that the package
    /// links to its consumer. A trusted signer can so give away no consumer but its own.
    func requireSource(of package: AppPackage, on connection: any Connection) throws {
        let manifest = package.manifest
        guard let source = try AppRecords.find(id: manifest.sourceApp, on: connection), source.org == manifest.sourceOrg
        else {
            throw PackageRefusal.cannotBeInstalled(
                "the org that made '\(manifest.name)' is not on this server, so the app can have no consumer of it: give it global settings of its own with --global FILE"
            )
        }
        guard try PackageKeys.key(org: source.org, on: connection)?.publicKey == manifest.key.bytes else {
            throw PackageRefusal.cannotBeInstalled(
                "the key that signed the package is not the key of the org that it names, whose consumer it would use"
            )
        }
        guard source.components.header?.distributionState == .packaged else {
            throw PackageRefusal.cannotBeInstalled("'\(manifest.name)' is no longer Packaged in the org that made it")
        }
        let consumers = try Credentials.all(app: source.id, on: connection).map {
            "\(source.org.rawValue):\($0.handle.rawValue)"
        }
        guard let link = package.components.oauth?.record.oauthLink, consumers.contains(link) else {
            throw PackageRefusal.cannotBeInstalled("the oauthLink of the package names no consumer of that app")
        }
    }

    func requireInstalled(_ stored: AppRecords.Stored, _ package: AppPackage, on connection: any Connection) throws
        -> InstalledPackage
    {
        let name = package.manifest.name
        guard let present = try PackageRecords.installed(stored.id, on: connection),
            present.sourceApp == package.manifest.sourceApp, present.sourceOrg == package.manifest.sourceOrg
        else {
            throw PackageRefusal.cannotBeInstalled(
                "the app '\(name)' of this org did not come from this package; delete or uninstall it first"
            )
        }
        guard present.fingerprint == package.manifest.key.fingerprint else {
            throw PackageRefusal.cannotBeInstalled(
                "'\(name)' was installed from a package that another key signed (\(present.fingerprint)); a version of another signer does not take its place"
            )
        }
        return present
    }

    func step(from present: InstalledPackage, to package: AppPackage, allowsDowngrade: Bool) throws -> PackagePlan.Step
    {
        let (name, version) = (package.manifest.name, package.manifest.version)
        guard let installed = PackageVersion(present.version), installed != version else {
            throw PackageRefusal.cannotBeInstalled(
                present.digest == package.digest
                    ? "'\(name)' is installed in version \(version) already"
                    : "'\(name)' is installed in version \(version), and this is another package of the same version; ask its maker"
            )
        }
        guard version < installed else { return .upgrade }
        guard allowsDowngrade else {
            throw PackageRefusal.cannotBeInstalled(
                "version \(version) is below \(installed), which is installed; to go back, add --allow-downgrade"
            )
        }
        return .downgrade
    }

    func requireFreeKey(_ key: String?, on connection: any Connection) throws {
        guard let key, try AppRecords.hasConsumer(key: key, on: connection) else { return }
        throw PackageRefusal.cannotBeInstalled(
            "the consumer key is already in use; leave consumerKey out to have one made, or choose another"
        )
    }

    func requireRules(_ app: AppComponents) throws {
        let problems = AppRules.problems(of: app, existsAlready: false)
        guard problems.isEmpty else { throw MetadataErrors(errors: problems) }
    }
}
