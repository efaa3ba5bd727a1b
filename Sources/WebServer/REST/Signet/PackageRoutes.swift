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
    let gate: OrgGate

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
        try await answered(request, context, .developExternalClientApp, waitsForWriters: true) { call in
            let key = try await call.write { try $0.export.key(on: $1).publicKey }
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
            let name = context.parameters.get("name") ?? ""
            let made = try await call.write { writer, connection in
                let app = try Self.app(name, writer.org, on: connection)
                return try writer.export.create(
                    app.id,
                    version: input.version,
                    defaults: input.defaults,
                    on: connection
                )
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
                throw RESTRefusal(.requiredFieldMissing, "The parameter fingerprint is missing.")
            }
            if request.method == .delete {
                let wasTrusted = try await call.write { writer, connection in
                    let (org, actor, now) = (writer.org.id, writer.actor, writer.now)
                    return try PackageSigners.distrust(fingerprint, org: org, by: actor, now: now, on: connection)
                }
                guard wasTrusted else { throw RESTRefusal.notFound }
                return Responses.empty(.noContent)
            }
            let manifest = try AppPackage(reading: try await PackageBody.zip(request, call.place)).manifest
            guard manifest.key.fingerprint == fingerprint else {
                throw RESTRefusal(
                    .invalidField,
                    "The key that signed the package has another fingerprint: \(manifest.key.fingerprint). Trust it only if its maker says this one."
                )
            }
            try await call.write { writer, connection in
                try PackageSigners.trust(
                    fingerprint,
                    issuer: manifest.issuer,
                    org: writer.org.id,
                    by: writer.actor,
                    now: writer.now,
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
            let done = try await call.perform(input)
            if done.installed != nil { try await rest.server.directory.refresh(now: context.clock.now) }
            return Responses.json(
                JSONWriter.object { json in
                    json.member("approval", PackageCall.approval(done.plan))
                    json.object("plan") { PackageFacts.write(done.plan, done.installed, &$0) }
                },
                status: done.installed == nil ? .ok : .created
            )
        }
    }

    /// `DELETE …/installations/{name}`.
    func uninstall(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context, .installExternalClientApp) { call in
            let name = context.parameters.get("name") ?? ""
            try await call.write { writer, connection in
                let app = try Self.app(name, writer.org, on: connection)
                try writer.installation.uninstall(app, on: connection)
            }
            try await rest.server.directory.refresh(now: context.clock.now)
            return Responses.empty(.noContent)
        }
    }

    // MARK: A call

    private var database: any Database { rest.server.database }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ action: Action,
        waitsForWriters: Bool = false,
        _ answer: (PackageCall) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context, waitsForWriters: waitsForWriters) { live, _ in
            try action.require(live.account.permissions)
            let call = PackageCall(
                live: live,
                action: action,
                actor: context.actor(live.account),
                clock: context.clock,
                server: rest.server,
                place: LargeBodyPlace(gate: gate, org: live.org.org.id, isOnlyOrg: try await rest.server.hasOneOrg)
            )
            do {
                return try await answer(call)
            } catch {
                guard let text = PackageProblem.text(of: error) else { throw error }
                throw RESTRefusal(.invalidPackage, text)
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
