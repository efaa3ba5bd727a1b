import AuthorizationServer
import OAuthTypes
import Orgs
import SignetVerifier
import Storage
import TestSupport
import Testing
import Tokens

@Suite("Key rotation")
struct KeyRotationTests {
    private func published(_ client: Client) async throws -> VerificationKeySet {
        try VerificationKeySet(jwks: Array(try await client.get("/id/keys").body.utf8))
    }

    private func keyID(_ token: String) throws -> String {
        let header = try #require(CompactSegments(token)?.header)
        return try #require(try JSONScanner.object(header)["kid"]?.string)
    }

    private func token(_ client: Client) async throws -> String {
        try await client.token([("grant_type", "client_credentials")]).string("access_token")
    }

    /// Whether a resource server with the keys that are published now takes a token.
    private func verifiesOffline(_ token: String, _ server: TestServer, _ client: Client) async throws -> Bool {
        let configuration = VerifierConfiguration(issuer: TestServer.issuer, audiences: [TestServer.issuer])
        let verifier = TokenVerifier(configuration: configuration, keys: try await published(client))
        return (try? verifier.verify(token, at: server.now)) != nil
    }

    @Test(
        "tokens 6: the next key is published before it signs, and the old one is until its last token has expired",
        arguments: TestDatabase.available
    )
    func rotation(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().policy("namedUserJwtTimeout", "720"))
            let keeper = KeyKeeper(database: server.database, masterKey: server.server.masterKey)
            func keep(after span: TimeSpan) async throws {
                server.advance(span)
                try await keeper.keep(server.org.id, now: server.now)
                try await server.server.directory.refresh(now: server.now)
            }
            let old = try await token(client)
            #expect(try await published(client).keyIDs.count == 2)

            server.advance(.seconds(1))
            let made = try await keeper.rotate(server.org.id, by: .server, now: server.now)
            #expect(made.count == 2)
            try await server.server.directory.refresh(now: server.now)
            #expect(try await published(client).keyIDs.isSuperset(of: made))
            #expect(try await published(client).keyIDs.count == 4)
            #expect(try keyID(try await token(client)) == keyID(old))

            try await keep(after: .minutes(59))
            #expect(try keyID(try await token(client)) == keyID(old))
            try await keep(after: .minutes(1))
            let new = try await token(client)
            #expect(made.contains(try keyID(new)))
            #expect(try await published(client).keyIDs.isSuperset(of: [try keyID(old), try keyID(new)]))
            for each in [old, new] {
                #expect(try await client.get("/services/oauth2/userinfo", bearer: each).status == 200)
                #expect(try await verifiesOffline(each, server, client))
            }

            try await keep(after: .hours(23))
            #expect(try await published(client).keyIDs.contains(try keyID(old)))
            try await keep(after: .hours(2))
            #expect(try await published(client).keyIDs == Set(made))
        }
    }

    @Test(
        "tokens 6: revoking all keys drops them from the published set at once, and every JWT access token with them",
        arguments: TestDatabase.available
    )
    func revokeAll(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let old = try await token(client)
            #expect(try await verifiesOffline(old, server, client))
            server.advance(.seconds(1))
            let keeper = KeyKeeper(database: server.database, masterKey: server.server.masterKey)
            _ = try await keeper.rotate(server.org.id, by: .server, now: server.now)
            server.advance(.seconds(1))
            let dropped = try await keeper.revokeAllJWTs(server.org.id, by: .server, now: server.now)
            #expect(dropped.count == 2)
            try await server.server.directory.refresh(now: server.now)
            #expect(try await published(client).keyIDs.isDisjoint(with: dropped))
            #expect(try await client.get("/services/oauth2/userinfo", bearer: old).status == 401)
            #expect(try await !verifiesOffline(old, server, client))
            let new = try await token(client)
            #expect(try await verifiesOffline(new, server, client))
            #expect(try await client.get("/services/oauth2/userinfo", bearer: new).status == 200)
        }
    }
}
