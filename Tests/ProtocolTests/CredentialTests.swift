import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Staged credentials")
struct CredentialTests {
    private static let rotate = #"{"command":"rotate"}"#
    private static let live = (AppMother.key, AppMother.secret)

    @Test(
        "app-model 7.3: consumers are listed by key, and a read of one has the part that is asked for, whatever its case",
        arguments: TestDatabase.available
    )
    func reading(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let list = try await caller.send(.get, caller.credentials)
            let listed = try #require(list.json["consumers"]?.array?.first?.object)
            let id = try #require(listed["id"]?.string)
            let url = "/services/data/v68.0/apps/oauth/\(caller.credentials)/\(id)"
            #expect(id.hasPrefix("888"))
            #expect(listed["key"]?.string == AppMother.key && listed["name"]?.string == "Orders")
            #expect(listed["url"]?.string == url && listed["stagedCredentialsUrl"]?.string == url + "/staged")
            #expect(listed["secret"] == nil)
            let parts: [(String, Bool, Bool)] = [
                ("", true, false), ("?part=key", true, false), ("?part=Secret", false, true),
                ("?part=KeyAndSecret", true, true), ("?part=keyandsecret", true, true),
            ]
            for (query, hasKey, hasSecret) in parts {
                let read = try await caller.send(.get, "\(caller.credentials)/\(id)\(query)").json
                #expect(read["key"]?.string == (hasKey ? AppMother.key : nil))
                #expect(read["secret"]?.string == (hasSecret ? AppMother.secret : nil))
            }
            // Ids of fifteen characters are ids as well.
            let short = "credentials/\(caller.app.short)/\(id.prefix(15))"
            #expect(try await caller.send(.get, short).json["key"]?.string == AppMother.key)
            let wrong = try await caller.send(.get, "\(caller.credentials)/\(id)?part=all")
            #expect(wrong.status == 400 && wrong.restCode == "ILLEGAL_QUERY_PARAMETER_VALUE")
        }
    }

    @Test(
        "app-model 7.3: both pairs authenticate during the overlap wherever a client does; a deleted one is refused at once",
        arguments: TestDatabase.available
    )
    func lifeCycle(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            let staged = try await caller.stage()
            #expect(staged.key.hasPrefix("3MVG9") && staged.secret.count == 64)
            #expect(try await caller.states() == ["Active"])
            try await Self.expectWorks(client, staged.basic)
            try await Self.expectWorks(client, Self.live)

            let rotated = try await caller.send(.patch, staged.path, body: Self.rotate)
            #expect(rotated.status == 200)
            #expect(rotated.json["state"]?.string == "Rotated" && rotated.json["id"]?.string == staged.id)
            #expect(rotated.json["key"]?.string == AppMother.key && rotated.json["secret"] == nil)
            #expect(rotated.json["expirationDate"]?.string == (TestServer.start + .days(30)).restText)
            // The consumer keeps its id and has the new pair.
            #expect(try await caller.consumer() == consumer)
            let current = try await caller.send(.get, consumer + "?part=keyandsecret").json
            #expect(current["key"]?.string == staged.key && current["secret"]?.string == staged.secret)
            try await Self.expectWorks(client, staged.basic)
            try await Self.expectWorks(client, Self.live)

            #expect(try await caller.send(.delete, staged.path).status == 204)
            #expect(try await caller.status(Self.live) == 401)
            #expect(try await client.get(Client.authorization()).status == 400)
            try await Self.expectWorks(client, staged.basic)
            #expect(try await caller.states() == [])
        }
    }

    /// Uses a pair everywhere: in the header and the body, at the authorization endpoint, with codes and refresh tokens of the
    /// other pair, at introspection, and in ID tokens.
    private static func expectWorks(_ client: Client, _ pair: (String, String)) async throws {
        let body = [("grant_type", "client_credentials"), ("client_id", pair.0), ("client_secret", pair.1)]
        let own = try await client.token(body, basic: nil)
        #expect(own.status == 200, "\(own.body)")
        #expect(try Client.claims(own.string("access_token"))["client_id"]?.string == pair.0)
        let code = try #require(try await client.authorize(["client_id": pair.0, "prompt": "consent"])["code"])
        let redemption = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
            ("code_verifier", Client.verifier),
        ]
        let tokens = try await client.token(redemption, basic: pair)
        let identity = try Client.claims(tokens.string("id_token"))
        #expect(identity["aud"]?.string == pair.0 || identity["aud"]?.array?.first?.string == pair.0)
        let refresh = try await client.token(
            [("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token"))],
            basic: pair
        )
        let seen = try await client.post(
            "/services/oauth2/introspect",
            [("token", try refresh.string("access_token"))],
            basic: pair
        )
        #expect(seen.json["active"] == .bool(true))
    }

    @Test(
        "app-model 7.3: a code and a refresh token belong to the app, so that either pair of an overlap uses them",
        arguments: TestDatabase.available
    )
    func crossing(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let old = try await client.codeTokens()
            let code = try #require(try await client.authorize()["code"])
            let staged = try await caller.stage()
            _ = try await caller.send(.patch, staged.path, body: Self.rotate)
            let redemption = [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
                ("code_verifier", Client.verifier),
            ]
            let redeemed = try await client.token(redemption, basic: staged.basic)
            #expect(try Client.claims(redeemed.string("access_token"))["client_id"]?.string == staged.key)
            #expect(try await caller.send(.delete, staged.path).status == 204)
            let refreshed = try await client.token(
                [("grant_type", "refresh_token"), ("refresh_token", try old.string("refresh_token"))],
                basic: staged.basic
            )
            #expect(refreshed.status == 200)
            // A signed access token ends with the pair that it names.
            #expect(
                try await client.get("/services/oauth2/userinfo", bearer: try old.string("access_token")).status == 401
            )
        }
    }

    @Test(
        "app-model 7.3: a staged and a rotated pair end after 30 days by the clock alone, and are Expired then",
        arguments: TestDatabase.available
    )
    func expiry(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            func caller() async throws -> RESTCaller { try await RESTCaller(server, client) }
            let staged = try await caller().stage()
            server.advance(.seconds(30 * 86_400 - 1))
            #expect(try await caller().status(staged.basic) == 200)
            server.advance(.seconds(1))
            let later = try await caller()
            #expect(try await later.status(staged.basic) == 401)
            #expect(try await later.states() == ["Expired"])
            let shown = try await later.send(.get, staged.path).json
            #expect(shown["state"]?.string == "Expired" && shown["secret"] == nil)
            let refused = try await later.send(.patch, staged.path, body: Self.rotate)
            #expect(refused.status == 400 && refused.restCode == "INVALID_STATUS")
            #expect(refused.restText?.contains("Expired") == true)
            // An expired pair keeps no place from a new one.
            let second = try await later.stage()
            #expect(try await later.states() == ["Active"])
            _ = try await later.send(.patch, second.path, body: Self.rotate)
            #expect(try await later.status(Self.live) == 200)
            server.advance(.days(30))
            #expect(try await later.status(Self.live) == 401)
        }
    }

    @Test(
        "issue 3.2: the overlap is 0 to 30 days by the request, else by the org",
        arguments: TestDatabase.available
    )
    func overlap(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let first = try await caller.stage()
            for bad in ["31", "-1", "1.5", "\"7\"", "null"] {
                let refused = try await caller.send(
                    .patch,
                    first.path,
                    body: #"{"command":"rotate","overlapDays":\#(bad)}"#
                )
                #expect(refused.status == 400 && refused.restCode == "INVALID_FIELD", "\(bad)")
            }
            let rotated = try await caller.send(
                .patch,
                first.path,
                body: #"{"command":"ROTATE","overlapDays":0}"#
            )
            #expect(rotated.json["state"]?.string == "Expired")
            #expect(try await caller.status(Self.live) == 401)
            let org = server.org.id
            try await server.change {
                try OrgSettings.setOverlapDays(2, org: org, by: .server, now: TestServer.start, on: $0)
            }
            let second = try await caller.stage()
            let byOrg = try await caller.send(.patch, second.path, body: Self.rotate)
            #expect(byOrg.json["expirationDate"]?.string == (server.now + .days(2)).restText)
            server.advance(.days(2))
            #expect(try await caller.status(first.basic) == 401)
            #expect(try await caller.status(second.basic) == 200)
        }
    }

    @Test(
        "app-model 7.3: there is one staged pair; pairs that were rotated out keep their own ends, four at most",
        arguments: TestDatabase.available
    )
    func places(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            var pair = try await caller.stage()
            let second = try await caller.send(.post, consumer + "/staged")
            #expect(second.status == 400 && second.restCode == "ALREADY_IN_PROCESS")
            #expect(second.restText?.contains("rotate it or delete it first") == true)
            for round in 1...4 {
                #expect(try await caller.send(.patch, pair.path, body: Self.rotate).status == 200)
                #expect(try await caller.states() == Array(repeating: "Rotated", count: round))
                let again = try await caller.send(.patch, pair.path, body: Self.rotate)
                #expect(again.restCode == "INVALID_STATUS" && again.restText?.contains("Rotated") == true)
                if round < 4 { pair = try await caller.stage() }
            }
            #expect(try await caller.status(Self.live) == 200)
            let fifth = try await caller.send(.post, consumer + "/staged")
            #expect(fifth.status == 400 && fifth.restCode == "LIMIT_EXCEEDED")
            #expect(try await caller.send(.delete, pair.path).status == 204)
            #expect(try await caller.send(.post, consumer + "/staged").status == 200)
        }
    }

    @Test(
        "app-model 7.3: staging takes no body or an empty object; rotating takes the command and the overlap, nothing else",
        arguments: TestDatabase.available
    )
    func bodies(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            for bad in [#"{"a":1}"#, "[]", "x", String(repeating: " ", count: 5_000)] {
                let refused = try await caller.send(.post, consumer + "/staged", body: bad)
                #expect(refused.status == 400 && refused.restCode == "JSON_PARSER_ERROR", "\(bad.prefix(9))")
            }
            #expect(try await caller.send(.post, consumer + "/staged").status == 200)
            let list = try await caller.send(.get, consumer + "/staged").json["stagedCredentials"]?.array
            let url = try #require(list?.first?.object?["url"]?.string)
            let path = String(url.dropFirst("/services/data/v68.0/apps/oauth/".count))
            let refusals = [
                ("", "INVALID_FIELD"), ("{}", "INVALID_FIELD"), (#"{"command":"delete"}"#, "INVALID_FIELD"),
                (#"{"command":"rotate","overlapDay":1}"#, "JSON_PARSER_ERROR"), ("rotate", "JSON_PARSER_ERROR"),
            ]
            for (body, code) in refusals {
                let refused = try await caller.send(.patch, path, body: body)
                #expect(refused.status == 400 && refused.restCode == code, "\(body)")
            }
            #expect(try await caller.states() == ["Active"])
        }
    }

    @Test(
        "app-model 7.3: createdBy is the user, createdDate and expirationDate are 30 days apart, and the addresses lead back",
        arguments: TestDatabase.available
    )
    func facts(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let staged = try await caller.stage()
            let shown = try await caller.send(.get, staged.path).json
            #expect(shown["createdBy"]?.string == server.integration.id.rawValue)
            #expect(shown["createdDate"]?.string == TestServer.start.restText)
            #expect(shown["expirationDate"]?.string == (TestServer.start + .days(30)).restText)
            #expect(shown["key"]?.string == staged.key && shown["secret"]?.string == staged.secret)
            for name in ["url", "stagedCredentialsUrl"] {
                #expect(shown[name]?.string == "/services/data/v68.0/apps/oauth/" + staged.path)
            }
        }
    }

    @Test(
        "app-model 4.2: pairs are for a developer who may view client secrets; a refusal names what is missing",
        arguments: TestDatabase.available,
        [
            (
                [],
                "Create, edit, and delete External Client Apps (ExternalClientAppDeveloper) and View Client Secret (ViewClientSecret)"
            ),
            ([.externalClientAppDeveloper], "View Client Secret (ViewClientSecret)"),
            (
                [.viewClientSecret, .externalClientAppAdmin],
                "Create, edit, and delete External Client Apps (ExternalClientAppDeveloper)"
            ),
        ] as [(Set<Permission>, String)]
    )
    func permissions(driver: TestDatabase, given: (permissions: Set<Permission>, missing: String)) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: given.permissions)
            for (method, path) in Self.resources(caller.credentials) {
                let refused = try await caller.send(method, path)
                #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(method) \(path)")
                #expect(refused.restText?.contains("needs the permission \(given.missing);") == true)
            }
        }
    }

    private static func resources(_ credentials: String) -> [(HTTPRequest.Method, String)] {
        let consumer = credentials + "/888000000000001AAA"
        return [
            (.get, credentials), (.get, consumer), (.get, consumer + "?part=secret"), (.get, consumer + "/staged"),
            (.post, consumer + "/staged"), (.get, consumer + "/staged/888000000000002AAA"),
            (.patch, consumer + "/staged/888000000000002AAA"), (.delete, consumer + "/staged/888000000000002AAA"),
        ]
    }

    @Test(
        "app-model 7.3: with the org's switch off nothing is told, in the words that clients look for",
        arguments: TestDatabase.available
    )
    func switchedOff(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, isSwitchedOn: false)
            for (method, path) in Self.resources(caller.credentials) {
                let body = method == .patch ? Self.rotate : nil
                let refused = try await caller.send(method, path, body: body)
                #expect(refused.status == 403 && refused.restCode == "FUNCTIONALITY_NOT_ENABLED", "\(method) \(path)")
                #expect(refused.restText?.contains("not currently enabled") == true)
                #expect(refused.restText?.contains("feature is not enabled") == true)
                #expect(refused.restText?.contains("enableClientSecretInRestApiAccess") == true)
            }
        }
    }

    @Test(
        "app-model 7.3: pairs are there from 60.0 on and staged ones from 65.0 on; before, and for unknown ids, NOT_FOUND",
        arguments: TestDatabase.available
    )
    func versions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            #expect(try await caller.send(.get, caller.credentials, version: "59.0").restCode == "NOT_FOUND")
            #expect(try await caller.send(.get, consumer, version: "59.0").status == 404)
            let early = try await caller.send(.get, caller.credentials, version: "60.0")
            #expect(early.status == 200)
            #expect(early.json["consumers"]?.array?.first?.object?["stagedCredentialsUrl"] == nil)
            for method in [HTTPRequest.Method.get, .post] {
                #expect(try await caller.send(method, consumer + "/staged", version: "64.0").status == 404)
                #expect(try await caller.send(method, consumer + "/staged", version: "65.0").status == 200)
            }
            for path in [
                "credentials/0xI000000000001AAA", "credentials/x", caller.credentials + "/888000000000001AAA",
                caller.credentials + "/x", consumer + "/staged/888000000000001AAA", consumer + "/staged/x",
                caller.credentials + "/888000000000001AAA/staged",
            ] {
                let refused = try await caller.send(.get, path)
                #expect(refused.status == 404 && refused.restCode == "NOT_FOUND", "\(path)")
            }
        }
    }

    @Test(
        "issue 3.2: nobody revokes the credentials of their own token unasked",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func ownCredentials(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isNamedUserJwtEnabled", jwt)
            let caller = try await RESTCaller(server, client, isOwnApp: true, app: app)
            let staged = try await caller.stage()
            let refused = try await caller.send(.patch, staged.path, body: Self.rotate)
            #expect(refused.status == 400 && refused.restCode == "CONFIRMATION_REQUIRED")
            #expect(refused.restText?.contains("?confirmOwnCredentials=true") == true)
            #expect(try await caller.states() == ["Active"])
            let unclear = try await caller.send(.patch, staged.path + "?confirmOwnCredentials=yes", body: Self.rotate)
            #expect(unclear.restCode == "ILLEGAL_QUERY_PARAMETER_VALUE")
            let confirmed = staged.path + "?confirmOwnCredentials=true"
            #expect(try await caller.send(.patch, confirmed, body: Self.rotate).status == 200)
            // The old pair, which the token came from, is now the one beside the current one.
            #expect(try await caller.send(.delete, staged.path).restCode == "CONFIRMATION_REQUIRED")
            #expect(try await caller.status(Self.live) == 200)
            #expect(try await caller.send(.delete, confirmed).status == 204)
            #expect(try await caller.status(Self.live) == 401)
        }
    }

    @Test(
        "issue 3.6: every staging, rotation, view and deletion is in the audit trail, with digests in the place of secrets",
        arguments: TestDatabase.available
    )
    func audit(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            _ = try await caller.send(.get, consumer)
            _ = try await caller.send(.get, consumer + "?part=secret")
            let staged = try await caller.stage()
            _ = try await caller.send(.get, staged.path)
            _ = try await caller.send(.patch, staged.path, body: Self.rotate)
            _ = try await caller.send(.delete, staged.path)
            let org = server.org.id
            let entries = try await server.database.read { connection in
                _ = try AuditTrail.verify(org: org, on: connection)
                return try AuditTrail.entries(org: org, limit: 100, on: connection)
                    .filter { $0.content.contains(#""action":"credentials"#) }
            }
            let events = try entries.map { try JSONScanner.object(Array($0.content.utf8)) }
            #expect(
                events.compactMap { $0["action"]?.string } == [
                    "credentialsViewed", "credentialsStaged", "credentialsViewed", "credentialsRotated",
                    "credentialsDeleted",
                ]
            )
            for (event, entry) in zip(events, entries) {
                #expect(event["actor"]?.object?["id"]?.string == server.integration.id.rawValue)
                #expect(event["subject"]?.object?["name"]?.string == "Orders")
                #expect(!entry.content.contains(AppMother.secret) && !entry.content.contains(staged.secret))
                #expect(entry.content.contains("sha256:"))
            }
        }
    }

    @Test(
        "app-model 4.2, 7.4: rights over external client apps give none over the pairs and tokens of a connected app",
        arguments: TestDatabase.available
    )
    func connectedApps(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let everything = Set(Permission.allCases).subtracting([.apiUserOnly])
            var other = AppMother().global("consumerKey", "3MVG9other.key").global("consumerSecret", RESTCaller.secret)
            other.name = "Other"
            let caller = try await RESTCaller(server, client, permissions: everything, app: other)
            let connected = try await server.deploy(ConnectedAppMother.issuing(.opaque)).id
            let refresh = try await client.redeem(
                try #require(try await client.authorize(["code_challenge": nil])["code"]),
                verifier: nil
            ).string("refresh_token")
            let (consumer, authorization) = try await server.database.read { connection in
                (
                    try Credentials.all(app: connected, on: connection).first?.handle,
                    try Authorizations.live(app: connected, user: server.user.id, on: connection).first?.id
                )
            }
            let pair = "credentials/\(connected.rawValue)/\(try #require(consumer).rawValue)"
            let usage = "usage/\(connected.rawValue)"
            let token = "usage/tokens/\(try #require(authorization).rawValue)"
            let calls: [(HTTPRequest.Method, String)] = [
                (.get, "credentials/\(connected.rawValue)"), (.get, pair + "?part=keyandsecret"),
                (.get, pair + "/staged"),
                (.post, pair + "/staged"), (.get, usage + "/users"),
                (.get, "\(usage)/\(server.user.id.rawValue)/tokens"),
                (.delete, "\(usage)/\(server.user.id.rawValue)/tokens"), (.delete, usage + "/tokens"), (.delete, token),
            ]
            for (method, path) in calls {
                let answer = try await caller.send(method, path, body: method == .post ? "{}" : nil)
                #expect(answer.status == 404 && answer.restCode == "NOT_FOUND", "\(method) \(path): \(answer.body)")
            }
            let listed = try await caller.send(.get, "usage").json["apps"]?.array ?? []
            #expect(listed.compactMap { $0.object?["developerName"]?.string } == ["Other", "Tools"])
            #expect(try await ConnectedAppTests.refreshed(refresh, client).status == 200)
        }
    }
}
