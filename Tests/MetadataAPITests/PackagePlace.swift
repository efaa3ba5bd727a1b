import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// Two orgs of one server: one makes packages of its app Orders, the other installs them.
struct PackagePlace: Sendable {
    static let now = ConnectedAppPlace.now
    let source: ConnectedAppPlace
    let target: ConnectedAppPlace

    static func with(_ driver: TestDatabase, _ body: @escaping (PackagePlace) async throws -> Void) async throws {
        try await ConnectedAppPlace.with(driver) { source in
            var randomness = SystemRandomNumberGenerator()
            let other = Org(
                id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
                name: "Subscriber",
                edition: .enterprise,
                issuer: "https://subscriber.example",
                createdAt: now
            )
            try await source.database.write { try OrgRecords.insert(other, by: .server, on: $0) }
            let target = ConnectedAppPlace(database: source.database, org: other, masterKey: source.masterKey)
            let place = PackagePlace(source: source, target: target)
            try await source.deploy(app())
            try await body(place)
        }
    }

    // MARK: The app

    static func header(_ fields: [String: String] = [:]) -> SourceFile {
        let given = ["contactEmail": "dev@acme.example", "distributionState": "Packaged", "label": "Orders & more"]
        return ConnectedAppPlace.file(
            "externalClientApps/Orders.eca",
            "ExternalClientApplication",
            given.merging(fields) { $1 }.mapValues { $0.replacing("&", with: "&amp;") }
        )
    }

    static func global(_ fields: [String: String] = [:]) -> SourceFile {
        let given = [
            "callbackUrl": "https://orders.example/secret-callback", "externalClientApplication": "Orders",
            "consumerKey": "3MVG9orders.key", "consumerSecret": secret, "isNamedUserJwtEnabled": "true",
        ]
        return ConnectedAppPlace.file(
            "extlClntAppGlobalOauthSets/Orders_g.ecaGlblOauth",
            "ExtlClntAppGlobalOauthSettings",
            given.merging(fields) { $1 }
        )
    }

    static func settings(_ scopes: String = "Api, RefreshToken") -> SourceFile {
        ConnectedAppPlace.file(
            "extlClntAppOauthSettings/Orders_o.ecaOauth",
            "ExtlClntAppOauthSettings",
            ["commaSeparatedOauthScopes": scopes, "externalClientApplication": "Orders"]
        )
    }

    static func policies(_ fields: [String: String]) -> SourceFile {
        ConnectedAppPlace.file(
            "extlClntAppOauthPolicies/Orders_o_defaultPolicy.ecaOauthPlcy",
            "ExtlClntAppOauthConfigurablePolicies",
            fields.merging(["externalClientApplication": "Orders"]) { $1 }
        )
    }

    static let canvas = ConnectedAppPlace.file(
        "extlClntAppCanvasSettings/Orders_c.ecaCanvas",
        "ExtlClntAppCanvasSettings",
        ["accessMethod": "Get", "canvasUrl": "https://orders.example/canvas", "externalClientApplication": "Orders"]
    )

    static func app() -> [SourceFile] { [header(), global(), settings(), canvas] }

    static let secret = "0123456789ABCDEF0123456789ABCDEF"

    // MARK: Packages

    func made(
        _ version: String = "1.0.0",
        _ name: String = "Orders",
        defaults: OAuthPolicies? = nil,
        by place: ConnectedAppPlace? = nil
    ) async throws -> [UInt8] {
        let place = place ?? source
        let app = try #require(try await place.stored(name))
        let export = PackageExport(
            org: place.org,
            actor: .operator(command: "test"),
            now: Self.now,
            masterKey: place.masterKey
        )
        let number = try #require(PackageVersion(version))
        return try await place.database.write {
            try export.create(app.id, version: number, defaults: defaults, on: $0).bytes
        }
    }

    func package(_ version: String = "1.0.0", defaults: OAuthPolicies? = nil) async throws -> AppPackage {
        try AppPackage(reading: try await made(version, defaults: defaults))
    }

    var installation: PackageInstallation {
        PackageInstallation(
            org: target.org,
            actor: .operator(command: "test"),
            now: Self.now,
            masterKey: target.masterKey
        )
    }

    func trust(_ package: AppPackage) async throws {
        let (org, manifest) = (target.org.id, package.manifest)
        try await target.database.write {
            try PackageSigners.trust(
                manifest.key.fingerprint,
                issuer: manifest.issuer,
                org: org,
                by: .server,
                now: Self.now,
                on: $0
            )
        }
    }

    @discardableResult
    func install(
        _ package: AppPackage,
        _ request: PackageInstallation.Request = .installAssociated
    ) async throws -> PackageInstallation.Installed {
        try await trust(package)
        let plan = try await installation.plan(package, request, in: target.database)
        return try await installation.perform(package, request, approved: plan, in: target.database)
    }

    func upgrade(_ package: AppPackage, allowsDowngrade: Bool = false) async throws -> PackagePlan {
        let request = PackageInstallation.Request.upgrade(allowsDowngrade: allowsDowngrade)
        let plan = try await installation.plan(package, request, in: target.database)
        _ = try await installation.perform(package, request, approved: plan, in: target.database)
        return plan
    }

    /// Why a step is refused; nothing if it is not.
    func refusal(
        _ package: AppPackage,
        _ request: PackageInstallation.Request = .installAssociated
    ) async throws -> String? {
        do {
            _ = try await installation.plan(package, request, in: target.database)
            return nil
        } catch let refusal as PackageRefusal {
            return refusal.description
        }
    }

    func uninstall() async throws {
        let app = try #require(try await target.stored("Orders"))
        let installation = installation
        try await target.database.write { try installation.uninstall(app, on: $0) }
    }
}
