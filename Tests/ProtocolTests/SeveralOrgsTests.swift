import AuthorizationServer
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Several orgs")
struct SeveralOrgsTests {
    @Test(
        "flows 1.1, security 1.12: a host names its org, one that is made while the server runs too, and no other host names any",
        arguments: TestDatabase.available
    )
    func hosts(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let path = "/.well-known/openid-configuration"
            #expect(try await client.at(TestOrg.host).get(path).status == 421)
            let other = try await TestOrg.make(on: server, client)
            for host in [TestOrg.host, "GLOBEX.example", TestOrg.host + ":443"] {
                let document = try await client.at(host).get(path)
                #expect(document.json["issuer"]?.string == "https://globex.example", "\(host)")
            }
            #expect(try await client.get(path).json["issuer"]?.string == TestServer.issuer)
            for host in ["globex.example:8443", "acme.globex.example", "globex.example.", "other.example", "127.0.0.2"]
            {
                let answer = try await client.at(host).get(path)
                #expect(answer.status == 421 && !answer.body.contains("globex"), "\(host)")
            }
            let keys = try await (client.get("/id/keys").body, other.client.get("/id/keys").body)
            #expect(keys.0 != keys.1 && keys.1.contains("\"kid\""))
        }
    }

    @Test(
        "tokens 2.1: each org issues its own tokens: issuer, audience, tenant key and signing key",
        arguments: TestDatabase.available
    )
    func tokens(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let other = try await TestOrg.make(on: server, client)
            let first = try await client.token([("grant_type", "client_credentials")])
            let second = try await other.client.token([("grant_type", "client_credentials")], basic: other.basic)
            for (answer, org) in [(first, server.org), (second, other.org)] {
                #expect(answer.status == 200, "\(answer.body)")
                #expect(answer.json["instance_url"]?.string == org.issuer)
                #expect(answer.json["id"]?.string?.hasPrefix("\(org.issuer)/id/\(org.id.rawValue)/005") == true)
                let token = try answer.string("access_token")
                let claims = try Client.claims(token)
                #expect(claims["iss"]?.string == org.issuer)
                #expect(claims["aud"]?.array?.compactMap(\.string) == [org.issuer])
                let header = try #require(Base64URL.decode(String(token.prefix { $0 != "." })))
                let members = try JSONScanner.object(header)
                #expect(members["tnk"]?.string == "core/prod/\(org.id.rawValue)")
                let host = org.id == server.org.id ? client : other.client
                let kid = try #require(members["kid"]?.string)
                #expect(try await host.get("/id/keys").body.contains("\"\(kid)\""))
                let elsewhere = org.id == server.org.id ? other.client : client
                #expect(try await !elsewhere.get("/id/keys").body.contains("\"\(kid)\""))
            }
        }
    }

    @Test(
        "security 1.12: which org a host names is known without a look at the database",
        arguments: TestDatabase.available
    )
    func hotPath(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            _ = try await TestOrg.make(on: server, client)
            try await server.database.write { _ = try $0.execute("ALTER TABLE orgs RENAME TO hidden_orgs") }
            let path = "/.well-known/openid-configuration"
            #expect(try await client.get(path).status == 200)
            #expect(try await client.at(TestOrg.host).get(path).status == 200)
            #expect(try await client.at("other.example").get(path).status == 421)
        }
    }

    @Test(
        "app-model 0: a username names one user of the whole server, whatever its case and org",
        arguments: TestDatabase.available
    )
    func usernames(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let other = try await TestOrg.make(on: server, client)
            let profile = other.user.profile
            let double = User(
                id: UserID(stored: "005000000000009AAA"),
                org: other.org.id,
                username: "ANN@acme.example",
                email: "ann@acme.example",
                lastName: "Ann",
                nickname: "ann",
                profile: profile,
                createdAt: TestServer.start,
                updatedAt: TestServer.start
            )
            await #expect(throws: ConstraintViolation(.unique)) {
                try await server.database.write { try Users.insert(double, passwordHash: nil, by: .server, on: $0) }
            }
            let isTaken = try await server.database.read { try Users.isTaken(username: "Ann@Acme.example", on: $0) }
            #expect(isTaken)
        }
    }

    @Test(
        "app-model 7: a consumer key names one app of the whole server: that of another org is refused at deployment",
        arguments: TestDatabase.available
    )
    func consumerKeys(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let other = try await TestOrg.make(on: server, client, app: nil)
            let app = AppMother().policy("clientCredentialsFlowUser", "machine@globex.example")
            await #expect(throws: (any Error).self) { try await server.deploy(app, in: other.org) }
            let apps = try await server.database.read { try AppRecords.all(org: other.org.id, on: $0) }
            #expect(apps.isEmpty)
        }
    }
}

@Suite("Org table")
struct OrgTableTests {
    private func org(_ id: String, _ issuer: String) -> OrgState {
        let at = Timestamp(seconds: 0)
        return OrgState(
            org: Org(id: OrgID(stored: id), name: issuer, edition: .developer, issuer: issuer, createdAt: at),
            notBefore: at
        )
    }

    private func found(_ table: OrgTable, _ host: String) -> String? {
        switch table.site(Authority(host)) {
        case .myDomain(let org)?: org.org.issuer
        case .loginHost(let origin)?: origin
        case nil: nil
        }
    }

    @Test("RFC 6761 section 6.3: on one machine, orgs and the login host share a port by names under localhost")
    func loopback() {
        let table = OrgTable(
            [
                org("00D000000000001AAA", "http://localhost:8080"),
                org("00D000000000002AAA", "http://acme.localhost:8080"),
            ],
            loginOrigin: "http://login.localhost:8080"
        )
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            #expect(found(table, host) == "http://localhost:8080")
        }
        #expect(found(table, "acme.localhost:8080") == "http://acme.localhost:8080")
        #expect(found(table, "login.localhost:8080") == "http://login.localhost:8080")
        for host in ["acme.localhost", "localhost", "other.localhost:8080", "acme.localhost:80"] {
            #expect(found(table, host) == nil, "\(host)")
        }
    }

    @Test("security 1.12: a host that two could have is that of the org, and of the one that spells it so")
    func precedence() {
        let table = OrgTable(
            [org("00D000000000001AAA", "http://localhost"), org("00D000000000002AAA", "http://127.0.0.1")],
            loginOrigin: "http://[::1]"
        )
        #expect(found(table, "localhost") == "http://localhost" && found(table, "127.0.0.1:80") == "http://127.0.0.1")
        #expect(found(table, "[::1]") == "http://localhost")
    }
}
