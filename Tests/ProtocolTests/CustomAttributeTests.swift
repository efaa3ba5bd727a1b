import OAuthTypes
import Orgs
import TestSupport
import Testing

@Suite("Custom attributes over HTTP")
struct CustomAttributeTests {
    private static func attribute(_ key: String, _ formula: String) -> String {
        "<customAttributes><formula>\(formula)</formula><key>\(key)</key></customAttributes>"
    }

    /// The attributes in a JSON object, as text.
    private static func attributes(_ json: JSONObject) -> [String: String]? {
        json["custom_attributes"]?.object.map { object in
            Dictionary(object.members.map { ($0.name, $0.value.string ?? "?") }) { first, _ in first }
        }
    }

    @Test(
        "flows 7 and 8: custom attributes are in ID tokens that include them, in userinfo and at the identity URL, and in no access token",
        arguments: TestDatabase.available
    )
    func told(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            var app = AppMother()
            app.attributes =
                Self.attribute("mail", "User.Email") + Self.attribute("where", "$Organization.Name &amp; ' &amp; more'")
                + Self.attribute("country", "User.Country") + Self.attribute("first", "User.FirstName")
            let expected = ["mail": "ann@acme.example", "where": "Acme & more"]
            for (includes, inToken) in [(nil, nil), ("false", nil), ("true", expected)]
                as [(String?, [String: String]?)]
            {
                let config = includes.map { "<idTokenIncludeAttributes>\($0)</idTokenIncludeAttributes>" }
                try await server.deploy(app.global("idTokenConfig", config))
                let tokens = try await client.codeTokens()
                #expect(Self.attributes(try Client.claims(tokens.string("id_token"))) == inToken)
                let token = try tokens.string("access_token")
                #expect(Self.attributes(try Client.claims(token)) == nil)
                let userInfo = try await client.get("/services/oauth2/userinfo", bearer: token)
                #expect(Self.attributes(userInfo.json) == expected)
                let path = try #require(tokens.string("id").split(separator: "https://localhost").first)
                let identity = try await client.get(String(path), bearer: token)
                #expect(Self.attributes(identity.json) == expected)
            }
            try await server.deploy(AppMother())
            let token = try await client.codeTokens().string("access_token")
            let plain = try await client.get("/services/oauth2/userinfo", bearer: token)
            #expect(plain.status == 200 && Self.attributes(plain.json) == nil)
        }
    }

    @Test(
        "security 3: what an app asks of its users is told of oneself, and of nobody else who is looked at",
        arguments: TestDatabase.available
    )
    func othersIdentity(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            var app = AppMother()
            app.attributes = Self.attribute("mail", "User.Email")
            try await server.deploy(app)
            let token = try await client.codeTokens().string("access_token")
            for (user, isTold) in [(server.user, true), (server.integration, false)] {
                let path = "/id/\(server.org.id.rawValue)/\(user.id.rawValue)"
                let identity = try await client.get(path, bearer: token)
                #expect(identity.json["username"]?.string == user.username)
                #expect((Self.attributes(identity.json) != nil) == isTold)
            }
        }
    }

    @Test(
        "app-model 8.5: an attribute of the admin takes the place of the developer's, and a key is no markup in an XML answer",
        arguments: TestDatabase.available
    )
    func places(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            var app = AppMother().policy("customAttributes", "<formula>'admin'</formula><key>who</key>")
            app.attributes = Self.attribute("who", "'developer'") + Self.attribute("a&gt;&lt;b 1", "'x'")
            try await server.deploy(app)
            let token = try await client.codeTokens().string("access_token")
            let json = try await client.get("/services/oauth2/userinfo", bearer: token).json
            #expect(Self.attributes(json) == ["who": "admin", "a><b 1": "x"])
            let xml = try await client.get("/services/oauth2/userinfo?format=xml", bearer: token).body
            #expect(xml.contains("<custom_attributes><a__b_1>x</a__b_1><who>admin</who></custom_attributes>"))
        }
    }
}
