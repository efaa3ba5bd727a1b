import AuthorizationServer
import ClientApps
import HTTPTypes
import HummingbirdTesting
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// Calls of users and packages that waited are done with the permissions that their caller has by then, upon what is there by then.
@Suite("Signet's resources whose callers waited")
struct LateResourceTests {
    private static let postgres = TestDatabase.available.filter { $0 == .postgres }

    /// A caller, and the app of their org that can be packaged.
    private struct Place {
        let server: TestServer
        let caller: RESTCaller

        init(_ server: TestServer, _ client: Client, _ permissions: Set<Permission>) async throws {
            (self.server, caller) = (server, try await RESTCaller(server, client, permissions: permissions))
            let deployment = AppDeployment(masterKey: server.server.masterKey, actor: .server)
            let (org, now) = (server.org, server.now)
            try await server.change {
                _ = try deployment.deploy([AppMother.packagedHeader], org: org, now: now, on: $0)
            }
        }

        func made(_ version: String, on connection: any Connection) throws -> [UInt8] {
            let export = PackageExport(
                org: server.org,
                actor: .server,
                now: server.now,
                masterKey: server.server.masterKey
            )
            let number = try #require(PackageVersion(version))
            return try export.create(caller.app, version: number, defaults: nil, on: connection).bytes
        }

        func send(
            _ method: HTTPRequest.Method,
            _ path: String,
            _ body: [UInt8] = [],
            type: String = "application/json"
        ) async throws -> Client.Answer {
            let response = try await caller.client.client.executeRequest(
                uri: "/services/data/v68.0/signet/\(path)",
                method: method,
                headers: [.authorization: "Bearer \(caller.token)", .contentType: type],
                body: ByteBuffer(bytes: body)
            )
            return Client.Answer(
                status: response.status.code,
                headers: response.headers,
                body: String(buffer: response.body)
            )
        }

        func send(_ method: HTTPRequest.Method, _ path: String, _ body: String) async throws -> Client.Answer {
            try await send(method, path, Array(body.utf8))
        }

        var audited: Int {
            get async throws {
                let org = server.org.id
                return try await server.database.read { try AuditTrail.entries(org: org, limit: 1_000, on: $0).count }
            }
        }

        /// Everything that users and packages are changed by.
        func everyChange() async throws -> [Client.Answer] {
            let package = try await server.database.write { try made("1.0.0", on: $0) }
            let fingerprint = try AppPackage(reading: package).manifest.key.fingerprint
            let parts =
                Array("--b\r\nContent-Disposition: form-data; name=\"package\"\r\n\r\n".utf8) + package
                + Array("\r\n--b--\r\n".utf8)
            let ann = "users/\(server.user.id.rawValue)"
            return [
                try await send(.post, "users", #"{"username": "new@acme.example", "profile": "Standard User"}"#),
                try await send(.patch, ann, #"{"password": "another password"}"#),
                try await send(.patch, ann, #"{"isFrozen": true}"#),
                try await send(.patch, ann, #"{"isActive": false}"#),
                try await send(.get, "packages/key"),
                try await send(.post, "packages/versions/Orders", #"{"version": "1.0.1"}"#),
                try await send(
                    .post,
                    "packages/signers?fingerprint=\(fingerprint)",
                    package,
                    type: "application/zip"
                ),
                try await send(.delete, "packages/signers?fingerprint=\(fingerprint)"),
                try await send(
                    .post,
                    "packages/installations?step=install",
                    parts,
                    type: "multipart/form-data; boundary=b"
                ),
                try await send(.delete, "packages/installations/Orders"),
            ]
        }
    }

    @Test(
        "app-model 4.2: who was frozen or lost the permission before a change of users or packages is done changes nothing by it",
        arguments: TestDatabase.available,
        [true, false]
    )
    func lost(driver: TestDatabase, isFrozen: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            let place = try await Place(server, client, Set(Permission.allCases))
            let (org, user, profile) = (server.org.id, server.integration.id, server.integration.profile)
            // From here on the server knows the caller, and does not notice at once what they lose.
            #expect(try await place.send(.get, "users").status == 200)
            try await server.database.write { connection in
                guard !isFrozen else {
                    return try Users.setFrozen(user, true, by: .server, now: TestServer.start, on: connection)
                }
                let none = Profile(id: profile, org: org, name: Profile.standardUser, permissions: [])
                try Profiles.update(none, by: .server, now: TestServer.start, on: connection)
            }
            let before = try await place.audited
            for (number, refused) in try await place.everyChange().enumerated() {
                #expect(refused.status == (isFrozen ? 401 : 403), "\(number): \(refused.body)")
                #expect(refused.restCode == (isFrozen ? "INVALID_SESSION_ID" : "INSUFFICIENT_ACCESS"))
            }
            // The package that was sent is all that was made.
            #expect(try await place.audited == before + 1)
        }
    }

    @Test(
        "app-model 4.2: a user who is granted more while a change of them waits is not changed by who may do less",
        arguments: postgres,
        [#"{"password": "another password"}"#, #"{"isFrozen": true}"#, #"{"isActive": false}"#]
    )
    func granted(driver: TestDatabase, body: String) async throws {
        try await TestServer.run(on: driver) { server, client in
            let place = try await Place(server, client, [.manageUsers])
            let (org, ann) = (server.org.id, server.user)
            let set = PermissionSet(
                id: PermissionSetID(stored: "0PS000000000011AAA"),
                org: org,
                name: "More",
                label: "More",
                permissions: [.viewSetup]
            )
            try await server.change { try PermissionSets.insert(set, by: .server, now: TestServer.start, on: $0) }
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            async let answer: Client.Answer = {
                for await _ in held { break }
                return try await place.send(.patch, "users/\(ann.id.rawValue)", body)
            }()
            try await server.database.write { connection in
                try AuditTrail.serialize(org, on: connection)
                holding.yield()
                try connection.waitUntilSomebodyWaits()
                var access = UserAccess(of: ann)
                access.permissionSets.insert(set.id)
                try Users.setAccess(ann.id, access, by: .server, clock: { TestServer.start }, on: connection)
            }
            let refused = try await answer
            #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(refused.body)")
            #expect(refused.restText?.contains("View Setup") == true, "\(refused.body)")
            let account = try #require(try await server.database.read { try Users.account(ann.id, on: $0) })
            #expect(account.user.isActive && !account.user.isFrozen && account.notBefore == Timestamp(seconds: 0))
        }
    }

    @Test(
        "app-model 6.1: of two who make one version of a package at the same time, the second is told that it was made",
        arguments: postgres
    )
    func version(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let place = try await Place(server, client, [.externalClientAppDeveloper])
            let org = server.org.id
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            async let answer: Client.Answer = {
                for await _ in held { break }
                return try await place.send(.post, "packages/versions/Orders", #"{"version": "1.0.0"}"#)
            }()
            try await server.database.write { connection in
                try AuditTrail.serialize(org, on: connection)
                holding.yield()
                try connection.waitUntilSomebodyWaits()
                _ = try place.made("1.0.0", on: connection)
            }
            let refused = try await answer
            #expect(refused.status == 400 && refused.restCode == "INVALID_PACKAGE", "\(refused.body)")
            #expect(refused.restText?.contains("version 1.0.0 is not above 1.0.0") == true, "\(refused.body)")
        }
    }
}
