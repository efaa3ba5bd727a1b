import AuthorizationServer
import ClientApps
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("SOAP: login")
struct SOAPLoginTests {
    private static let wrong = "Invalid username, password, security token; or user locked out."

    /// A login as simple-salesforce sends it.
    private static func login(
        _ username: String = "ann@acme.example",
        _ password: String = TestServer.password,
        org: String? = nil
    ) -> String {
        let scope = org.map {
            "<urn:LoginScopeHeader><urn:organizationId>\($0)</urn:organizationId></urn:LoginScopeHeader>"
        }
        return """
            <?xml version="1.0" encoding="utf-8" ?>
            <env:Envelope xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com">
            <env:Header><urn:CallOptions><urn:client>simple-salesforce</urn:client><urn:defaultNamespace>sf</urn:defaultNamespace></urn:CallOptions>\(scope ?? "")</env:Header>
            <env:Body><n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>\(username)</n1:username><n1:password>\(password)</n1:password></n1:login></env:Body>
            </env:Envelope>
            """
    }

    private func post(
        _ client: Client,
        _ message: String,
        path: String = "/services/Soap/u/59.0"
    ) async throws -> SOAPCaller.Answer {
        let answer = try await client.send(.post, path, headers: [.contentType: "text/xml"], body: message)
        return SOAPCaller.Answer(status: answer.status, text: answer.body)
    }

    private func session(_ client: Client) async throws -> String {
        let answer = try await post(client, Self.login())
        return try #require(answer.value("sessionId"), "\(answer.text)")
    }

    @Test(
        "clients 1: login answers a session that SOAP and REST take, and logout ends it",
        arguments: TestDatabase.available,
        ["u", "c"]
    )
    func login(driver: TestDatabase, letter: String) async throws {
        try await TestServer.run(on: driver) { server, client in
            let answer = try await post(client, Self.login(), path: "/services/Soap/\(letter)/59.0")
            #expect(answer.status == 200, "\(answer.text)")
            let session = try #require(answer.value("sessionId"))
            #expect(session.hasPrefix(server.org.id.short + "!"))
            let end = "59.0/\(server.org.id.short)"
            #expect(answer.value("serverUrl") == "\(TestServer.issuer)/services/Soap/\(letter)/\(end)")
            #expect(answer.value("metadataServerUrl") == "\(TestServer.issuer)/services/Soap/m/\(end)")
            #expect(answer.value("userId") == server.user.id.rawValue)
            #expect(answer.value("sessionSecondsValid") == "7200")
            #expect(try await client.get("/services/data/v59.0/limits", bearer: session).status == 200)

            let call = { (name: String) in SOAPCaller.envelope("<met:\(name)/>", session: session) }
            let info = try await post(client, call("getUserInfo"))
            #expect(info.value("userName") == "ann@acme.example")
            #expect(info.value("organizationId") == server.org.id.rawValue)
            let time = try await post(client, call("getServerTimestamp"))
            #expect(time.value("timestamp") == server.now.rfc3339)
            // No permission of the Metadata API comes with it.
            let metadata = try await post(client, call("describeMetadata"), path: "/services/Soap/m/59.0")
            #expect(metadata.faultCode == "sf:INSUFFICIENT_ACCESS")

            #expect(try await post(client, call("logout")).status == 200)
            #expect(try await client.get("/services/data/v59.0/limits", bearer: session).status == 401)
            #expect(try await post(client, call("getUserInfo")).faultCode == "sf:INVALID_SESSION_ID")
        }
    }

    @Test(
        "clients 3: a refused login is a LoginFault with sf:exceptionCode, and one text for whatever was wrong",
        arguments: TestDatabase.available
    )
    func refusals(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let attempts = [
                Self.login("ann@acme.example", "wrong"), Self.login("nobody@acme.example"), Self.login("", ""),
                Self.login(org: "00D000000000001EAA"),
            ]
            for attempt in attempts {
                let answer = try await post(client, attempt)
                #expect(answer.status == 500)
                #expect(answer.text.contains("<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>"))
                #expect(answer.text.contains("<sf:exceptionMessage>\(Self.wrong)</sf:exceptionMessage>"))
                #expect(answer.text.contains("xmlns:sf=\"urn:fault.partner.soap.sforce.com\""))
            }
            #expect(try await post(client, Self.login(org: server.org.id.short)).status == 200)
            #expect(
                try await post(client, Self.login(), path: "/services/Soap/u/19.0").faultCode
                    == "sf:UNSUPPORTED_API_VERSION"
            )
            let large = Self.login("ann@acme.example", String(repeating: "x", count: 140_000))
            #expect(try await post(client, large).status == 413)
        }
    }

    @Test(
        "threat-model: ten wrong passwords lock the login as they lock the page, and each counts for the other",
        arguments: TestDatabase.available
    )
    func locks(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            for _ in 0..<10 { _ = try await post(client, Self.login("ann@acme.example", "wrong")) }
            let locked = try await post(client, Self.login())
            #expect(locked.status == 500 && locked.text.contains(Self.wrong))
            var browser = Browser(client: client)
            _ = try await client.token([("grant_type", "client_credentials")])
            try await server.deploy(AppMother())
            let page = try await browser.get(Client.authorization())
            let answer = try await browser.submit(
                "sign-in",
                page,
                [("username", "ann@acme.example"), ("password", TestServer.password)]
            )
            #expect(answer.body.contains("Too many failed attempts"))
            server.advance(.minutes(16))
            #expect(try await post(client, Self.login()).status == 200)
        }
    }

    @Test(
        "app-model 1.10: an org that blocks the flow by password or has API access control, a profile without API Enabled and addresses outside are refused",
        arguments: TestDatabase.available
    )
    func policies(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let (org, profile) = (server.org.id, server.user.profile)
            func change(_ permissions: Set<Permission>, ranges: [IPRange] = []) async throws {
                try await server.change { connection in
                    let changed = Profile(
                        id: profile,
                        org: org,
                        name: Profile.standardUser,
                        permissions: permissions,
                        loginIPRanges: ranges
                    )
                    try Profiles.update(changed, by: .server, now: TestServer.start, on: connection)
                }
            }
            let session = try await session(client)
            try await change([])
            #expect(try await post(client, Self.login()).text.contains("API_CURRENTLY_DISABLED"))
            #expect(try await client.get("/services/data/v59.0/limits", bearer: session).status == 401)
            let range = try #require(IPRange(cidr: "192.0.2.0/24"))
            try await change([.apiEnabled], ranges: [range])
            #expect(try await post(client, Self.login()).text.contains("LOGIN_DURING_RESTRICTED_DOMAIN"))
            try await change([.apiEnabled])
            #expect(try await post(client, Self.login()).status == 200)
            func control(_ isOn: Bool) async throws {
                try await server.change { connection in
                    var settings = ConnectedAppSettings()
                    settings.enableAdminApprovedAppsOnly = isOn
                    let document = MetadataComponent(fullName: "", content: .connectedAppSettings(settings))
                    try OrgSettings.save(document, org: org, by: .server, now: TestServer.start, on: connection)
                }
            }
            let earlier = try await self.session(client)
            try await control(true)
            #expect(try await post(client, Self.login()).text.contains("enableAdminApprovedAppsOnly"))
            #expect(try await client.get("/services/data/v59.0/limits", bearer: earlier).status == 401)
            try await change([.apiEnabled, .useAnyAPIClient])
            #expect(try await post(client, Self.login()).status == 200)
            #expect(try await client.get("/services/data/v59.0/limits", bearer: earlier).status == 200)
            try await control(false)
            try await change([.apiEnabled])
            // API Only users come in here, and at no page.
            #expect(try await post(client, Self.login("integration@acme.example")).status == 200)
            try await server.change { connection in
                var settings = OAuthOIDCSettings()
                settings.blockOAuthUserPasswordFlow = true
                let document = MetadataComponent(fullName: "", content: .oauthOIDCSettings(settings))
                try OrgSettings.save(document, org: org, by: .server, now: TestServer.start, on: connection)
            }
            let blocked = try await post(client, Self.login())
            #expect(blocked.text.contains("FUNCTIONALITY_NOT_ENABLED") && blocked.text.contains("blockOAuthUnPwFlow"))
        }
    }

    @Test(
        "app-model 11.6: with the APIs of the org off, REST, SOAP and its login answer API_DISABLED_FOR_ORG, and tokens go on",
        arguments: TestDatabase.available
    )
    func apisOff(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.codeTokens().string("access_token")
            let session = try await session(client)
            func set(_ isOn: Bool) async throws {
                let before = server.org
                let org = Org(
                    id: before.id,
                    name: before.name,
                    edition: before.edition,
                    issuer: before.issuer,
                    createdAt: before.createdAt,
                    isAPIEnabled: isOn
                )
                try await server.change { try OrgRecords.update(org, by: .server, now: TestServer.start, on: $0) }
            }
            func code(_ path: String) async throws -> String? {
                let answer = try await client.get(path, bearer: token)
                return answer.status == 200 ? nil : "\(answer.status) \(answer.restCode ?? "")"
            }
            let info = SOAPCaller.envelope("<met:getUserInfo/>", session: session)
            try await set(false)
            for path in ["limits", "metadata/deployRequest/0Af000000000001AAA", "apps/oauth/usage"] {
                #expect(try await code("/services/data/v68.0/\(path)") == "403 API_DISABLED_FOR_ORG", "\(path)")
            }
            #expect(try await post(client, info).faultCode == "sf:API_DISABLED_FOR_ORG")
            #expect(try await post(client, Self.login()).text.contains("<sf:exceptionCode>API_DISABLED_FOR_ORG<"))
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
            #expect(try await client.get("/services/data/v68.0/limits", bearer: "wrong").status == 401)
            try await set(true)
            #expect(try await code("/services/data/v68.0/limits") == nil)
            #expect(try await post(client, info).status == 200)
            #expect(try await post(client, Self.login()).status == 200)
        }
    }

    @Test(
        "threat-model: a session ends with its timeout, a new password and a frozen user, and is no cookie",
        arguments: TestDatabase.available
    )
    func ends(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let user = server.user.id
            func works(_ session: String) async throws -> Bool {
                try await client.get("/services/data/v59.0/limits", bearer: session).status == 200
            }
            let first = try await session(client)
            let cookie = try await client.send(.get, "/", headers: [.cookie: "__Host-signet-session=\(first)"])
            #expect(!cookie.body.contains("ann@acme.example"))
            server.advance(.minutes(90))
            #expect(try await works(first))
            server.advance(.minutes(90))
            #expect(try await works(first))
            server.advance(.minutes(121))
            #expect(try await !works(first))
            let second = try await session(client)
            try await server.change { try Users.setFrozen(user, true, by: .server, now: server.now, on: $0) }
            #expect(try await !works(second))
            try await server.change { try Users.setFrozen(user, false, by: .server, now: server.now, on: $0) }
            let third = try await session(client)
            #expect(try await works(third))
            try await server.change { connection in
                try Users.setPassword(user, hash: "x", by: .server, clock: { server.now }, on: connection)
            }
            #expect(try await !works(third))
        }
    }

    @Test(
        "flows 1.1: at the login host the org is that of the user, and the answer leads to its own host",
        arguments: TestDatabase.available
    )
    func loginHost(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver, loginOrigin: LoginHostTests.origin) { server, client in
            let other = try await TestOrg.make(on: server, client)
            let login = client.at(LoginHostTests.host)
            for (org, username, home) in [
                (server.org, "ann@acme.example", client), (other.org, TestOrg.username, other.client),
            ] {
                let answer = try await post(login, Self.login(username))
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.value("serverUrl")?.hasPrefix("\(org.issuer)/services/Soap/u/") == true)
                #expect(answer.value("organizationId") == org.id.rawValue)
                let session = try #require(answer.value("sessionId"))
                #expect(try await home.get("/services/data/v59.0/limits", bearer: session).status == 200)
                let info = try await post(login, SOAPCaller.envelope("<met:getUserInfo/>", session: session))
                #expect(info.value("userName") == username, "\(info.text)")
                let wrongOrg = org.id == server.org.id ? other.org.id.rawValue : server.org.id.rawValue
                #expect(try await post(login, Self.login(username, org: wrongOrg)).text.contains(Self.wrong))
            }
            #expect(try await post(login, Self.login("nobody@acme.example")).text.contains(Self.wrong))
            // A session of one org is none in another.
            let answer = try await post(client, Self.login())
            let session = try #require(answer.value("sessionId"))
            #expect(try await other.client.get("/services/data/v59.0/limits", bearer: session).status == 401)
        }
    }
}
