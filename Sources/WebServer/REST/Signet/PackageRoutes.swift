import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Signet's own resources of packages: what `signet package` does, over the network.
struct PackageRoutes: Sendable {
    let rest: RESTRoutes
    let gate: LargeBodyGate

    static let base = RESTRoutes.signet + "/packages"

    /// `GET …/signet/packages`: what the org installed, made and trusts.
    func packages(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .viewExternalClientApps) { call in
            let org = call.org.id
            let listing = try await database.read { try PackageFacts.Listing(org, on: $0) }
            return Responses.json(JSONWriter.object { listing.write(&$0) })
        }
    }

    /// `GET …/key`: the fingerprint of the key that the org signs with; it is made at first.
    func key(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .developExternalClientApp) { call in
            let export = call.export
            let key = try await database.write { try export.key(on: $0).publicKey }
            return Responses.json(
                JSONWriter.object { json in
                    json.member("issuer", call.org.issuer)
                    json.member("fingerprint", key.fingerprint)
                }
            )
        }
    }

    /// `POST …/versions/{name}`: `{"version": "1.0.0", "defaults": "<ExtlClnt…/>"}`; the package is the answer.
    func create(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .developExternalClientApp) { call in
            let input = try await PackageVersionInput(request)
            let (export, name) = (call.export, context.parameters.get("name") ?? "")
            let made = try await database.write { connection in
                let app = try Self.app(name, export.org, on: connection)
                return try export.create(app, version: input.version, defaults: input.defaults, on: connection)
            }
            return Responses.bytes(made.bytes, contentType: "application/zip", status: .created)
        }
    }

    /// `POST …/inspection`: what is in a package; nothing is stored.
    func inspection(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .viewExternalClientApps) { call in
            let package = try AppPackage(reading: try await PackageBody.zip(request, call.place))
            let org = call.org.id
            let isTrusted = try await database.read { connection in
                try PackageSigners.all(org: org, on: connection)
                    .contains { $0.fingerprint == package.manifest.key.fingerprint }
            }
            return Responses.json(JSONWriter.object { PackageFacts.write(package, isTrusted: isTrusted, &$0) })
        }
    }

    /// `POST` and `DELETE …/signers?fingerprint=…`: trusts the key that signed the package in the body; trusts a key no more.
    func signers(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .installExternalClientApp) { call in
            guard let fingerprint = try RESTQuery.value("fingerprint", of: request) else {
                throw RESTRefusal("REQUIRED_FIELD_MISSING", "The parameter fingerprint is missing.")
            }
            let (org, actor, now) = (call.org.id, call.actor, call.now)
            if request.method == .delete {
                let wasTrusted = try await database.write {
                    try PackageSigners.distrust(fingerprint, org: org, by: actor, now: now, on: $0)
                }
                guard wasTrusted else { throw RESTRefusal.notFound }
                return Responses.empty(.noContent)
            }
            let manifest = try AppPackage(reading: try await PackageBody.zip(request, call.place)).manifest
            guard manifest.key.fingerprint == fingerprint else {
                throw RESTRefusal(
                    "INVALID_FIELD",
                    "The key that signed the package has another fingerprint: \(manifest.key.fingerprint). Trust it only if its maker says this one."
                )
            }
            try await database.write { connection in
                try PackageSigners.trust(
                    fingerprint,
                    issuer: manifest.issuer,
                    org: org,
                    by: actor,
                    now: now,
                    on: connection
                )
            }
            return Responses.empty(.noContent)
        }
    }

    /// `POST …/installations?step=install|upgrade`: what it would do; with `approved`, the digest of that, it is done.
    func installations(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .installExternalClientApp) { call in
            let input = try await InstallationInput(request, call.place)
            let installation = call.installation
            let plan = try await installation.plan(input.package, input.step, in: database)
            let approval = Base64URL.encode(
                TokenDigest.sha256(JSONWriter.object { PackageFacts.write(plan, nil, &$0) })
            )
            var installed: PackageInstallation.Installed?
            if let approved = input.approved {
                guard approved == approval else {
                    throw PackageRefusal.cannotBeInstalled(
                        "the app or what it comes from was changed since the differences were shown; look at them again"
                    )
                }
                installed = try await installation.perform(input.package, input.step, approved: plan, in: database)
                try await rest.server.directory.refresh(now: call.now)
            }
            let done = installed
            return Responses.json(
                JSONWriter.object { json in
                    json.member("approval", approval)
                    json.object("plan") { PackageFacts.write(plan, done, &$0) }
                },
                status: done == nil ? .ok : .created
            )
        }
    }

    /// `DELETE …/installations/{name}`.
    func uninstall(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .installExternalClientApp) { call in
            let (installation, name) = (call.installation, context.parameters.get("name") ?? "")
            try await database.write { connection in
                try installation.uninstall(try Self.app(name, installation.org, on: connection), on: connection)
            }
            try await rest.server.directory.refresh(now: call.now)
            return Responses.empty(.noContent)
        }
    }

    // MARK: A call

    private var database: any Database { rest.server.database }

    private struct Call: Sendable {
        let org: Org
        let actor: AuditActor
        let now: Timestamp
        let masterKey: MasterKey
        let place: LargeBodyPlace

        var export: PackageExport { PackageExport(org: org, actor: actor, now: now, masterKey: masterKey) }
        var installation: PackageInstallation {
            PackageInstallation(org: org, actor: actor, now: now, masterKey: masterKey)
        }
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ action: Action,
        _ answer: (Call) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context) { live, _ in
            try action.require(live.account.permissions)
            let isOnlyOrg = try await rest.server.directory.orgTable().ids.count == 1
            let call = Call(
                org: live.org.org,
                actor: context.actor(live.account),
                now: context.now,
                masterKey: rest.server.masterKey,
                place: LargeBodyPlace(gate: gate, org: live.org.org.id, isOnlyOrg: isOnlyOrg)
            )
            do {
                return try await answer(call)
            } catch is LargeBodyGate.Busy {
                throw RESTRefusal(
                    "SERVER_UNAVAILABLE",
                    "Other large requests are being read just now; try again in a few seconds.",
                    status: .serviceUnavailable
                )
            } catch {
                guard let text = PackageProblem.text(of: error) else { throw error }
                throw RESTRefusal("INVALID_PACKAGE", text)
            }
        }
    }

    private static func app(_ name: String, _ org: Org, on connection: any Connection) throws -> AppRecords.Stored {
        guard let app = try AppRecords.find(developerName: name, org: org.id, on: connection) else {
            throw RESTRefusal.notFound
        }
        return app
    }
}
