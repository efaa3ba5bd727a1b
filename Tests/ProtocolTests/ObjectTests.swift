import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Records and queries by REST")
struct ObjectTests {
    private static func query(_ soql: String, _ caller: RESTCaller, path: String = "query") async throws
        -> Client.Answer
    {
        try await caller.client.send(
            .get,
            "/services/data/v68.0/\(path)?\(Client.encoded([("q", soql)]))",
            headers: [.authorization: "Bearer \(caller.token)"]
        )
    }

    private static func record(_ path: String, _ caller: RESTCaller) async throws -> Client.Answer {
        try await caller.client.send(
            .get,
            "/services/data/v68.0/sobjects/\(path)",
            headers: [.authorization: "Bearer \(caller.token)"]
        )
    }

    @Test(
        "clients 1 and 5.12: a query answers totalSize, done and records with the fields as they were asked for, with and without a slash",
        arguments: TestDatabase.available
    )
    func answers(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.viewSetup])
            let (org, ann) = (server.org.id, server.user.id.rawValue)
            for path in ["query", "query/"] {
                let answer = try await Self.query("SELECT Id, Name FROM Organization", caller, path: path)
                #expect(answer.status == 200)
                #expect(
                    answer.body
                        == #"{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Organization","url":"/services/data/v68.0/sobjects/Organization/\#(org.rawValue)"},"Id":"\#(org.rawValue)","Name":"Acme"}]}"#
                )
            }
            let found =
                #"{"attributes":{"type":"User","url":"/services/data/v68.0/sobjects/User/\#(ann)"},"Username":"ann@acme.example","IsActive":true,"FirstName":null}"#
            for (condition, count) in [
                ("WHERE Username = 'ann@acme.example'", 1), ("where username='ANN@acme.example' limit 1", 1),
                ("WHERE Id = '\(ann)'", 1), ("WHERE Id = '\(ann.prefix(15))' AND IsActive = TRUE", 1),
                ("WHERE Name = 'ann@acme.example' AND FirstName = null", 1), ("WHERE IsActive = false", 0),
                ("WHERE Username = 'bob@acme.example'", 0), ("WHERE Id = '005'", 0), ("WHERE Name = 'it\\'s \\\\'", 0),
                ("WHERE Username = 'ann@acme.example' LIMIT 0", 0),
            ] {
                let answer = try await Self.query("SELECT Username, isactive, FirstName FROM user \(condition)", caller)
                let records = count == 0 ? "" : found
                #expect(answer.body == #"{"totalSize":\#(count),"done":true,"records":[\#(records)]}"#, "\(condition)")
            }
            #expect(try await Self.query("SELECT Id FROM User", caller).json["totalSize"] == .integer(2))
            #expect(try await Self.query("SELECT Id FROM User LIMIT 1", caller).json["totalSize"] == .integer(1))
            let count = try await Self.query("SELECT COUNT() FROM User", caller)
            #expect(count.body == #"{"totalSize":2,"done":true,"records":[]}"#)
        }
    }

    @Test(
        "clients 1: users are counted and read up to a LIMIT however many the org has, and an answer that is too large is refused",
        arguments: TestDatabase.available
    )
    func manyUsers(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.viewSetup])
            let ann = server.user.id
            // More than are gone through for an answer.
            try await server.database.write { connection in
                _ = try connection.execute(
                    """
                    INSERT INTO users
                        (id, org_id, username, username_key, email, is_email_verified, first_name, last_name, nickname, profile_id,
                         is_active, is_frozen, is_api_only, language, locale, time_zone, created_at, updated_at)
                    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
                    SELECT '005' || (900000000000 + n) || 'AAA', org_id, 'z' || n, 'z' || n, email, 0, '', 'Zed', 'z', profile_id,
                        1, 0, 0, language, locale, time_zone, created_at, updated_at
                    FROM users CROSS JOIN numbers WHERE id = \(ann)
                    """
                )
            }
            for (soql, size) in [
                ("SELECT COUNT() FROM User", 50_002), ("SELECT COUNT() FROM User LIMIT 7", 7),
                ("SELECT Username FROM User LIMIT 2", 2), ("SELECT Username FROM User LIMIT 0", 0),
                ("SELECT Username FROM User WHERE Id = '\(ann.rawValue)'", 1),
            ] as [(String, Int64)] {
                let answer = try await Self.query(soql, caller)
                #expect(answer.json["totalSize"] == .integer(size), "\(soql): \(answer.body)")
            }
            let first = try await Self.query("SELECT Username FROM User LIMIT 2", caller).json["records"]?.array
            #expect(
                first?.compactMap { $0.object?["Username"]?.string } == [
                    "ann@acme.example", "integration@acme.example",
                ]
            )
            for (soql, remedy) in [
                ("SELECT Id FROM User", "with LIMIT"), ("SELECT Id FROM User LIMIT 2001", "with LIMIT"),
                ("SELECT Id FROM User WHERE LastName = 'Zed' LIMIT 1", "by Id or Username"),
            ] {
                let refused = try await Self.query(soql, caller)
                #expect(refused.status == 400 && refused.restCode == "QUERY_TOO_COMPLICATED", "\(soql)")
                #expect(refused.restText?.contains(remedy) == true, "\(refused.body)")
            }
        }
    }

    @Test(
        "clients 5: a query that is not answered is refused by the original's codes, which say what there is",
        arguments: [
            ("", "MALFORMED_QUERY"), ("SELECT", "MALFORMED_QUERY"), ("SELECT Id", "MALFORMED_QUERY"),
            ("SELECT Id FROM User WHERE", "MALFORMED_QUERY"), ("SELECT Id FROM User WHERE Id", "MALFORMED_QUERY"),
            ("SELECT Id FROM User WHERE Id LIKE 'a%'", "MALFORMED_QUERY"),
            ("SELECT Id FROM User ORDER BY Id", "MALFORMED_QUERY"),
            ("SELECT Id FROM User LIMIT -1", "MALFORMED_QUERY"), ("SELECT Id FROM User LIMIT", "MALFORMED_QUERY"),
            ("SELECT Id, Id FROM User", "MALFORMED_QUERY"), ("SELECT Id FROM User WHERE Id = 'x", "MALFORMED_QUERY"),
            ("SELECT Id FROM User WHERE Id = 'x\\q'", "MALFORMED_QUERY"),
            ("SELECT Id FROM User; DROP", "MALFORMED_QUERY"),
            ("SELECT Id FROM User WHERE Id = 'a' OR Id = 'b'", "MALFORMED_QUERY"),
            ("DELETE FROM User", "MALFORMED_QUERY"),
            ("SELECT Id FROM Account", "INVALID_TYPE"), ("SELECT PasswordHash FROM User", "INVALID_FIELD"),
            ("SELECT Profile.Name FROM User", "INVALID_FIELD"),
            ("SELECT Id FROM User WHERE Wrong = 'a'", "INVALID_FIELD"),
            ("SELECT Id FROM User WHERE IsActive = 'true'", "INVALID_FIELD"),
            ("SELECT Id FROM User WHERE Name = 1", "INVALID_FIELD"),
            ("SELECT Id FROM User WHERE CreatedDate = 2026-01-01", "INVALID_FIELD"),
        ]
    )
    func refused(soql: String, code: String) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.viewSetup])
            let answer = try await Self.query(soql, caller)
            #expect(answer.status == 400 && answer.restCode == code, "\(answer.body)")
        }
    }

    @Test(
        "clients 1: a record is read by its id in either length, whole or in some of its fields",
        arguments: TestDatabase.available
    )
    func records(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.viewSetup])
            let ann = server.user
            for id in [ann.id.rawValue, ann.id.short] {
                let user = try await Self.record("User/\(id)", caller).json
                #expect(user["Username"]?.string == "ann@acme.example")
                #expect(user["ProfileId"]?.string == ann.profile.rawValue)
                #expect(user["attributes"]?.object?["type"]?.string == "User")
            }
            let some = try await Self.record("User/\(ann.id.rawValue)?fields=Email,%20id", caller).json
            #expect(some.members.map(\.name) == ["attributes", "Email", "Id"])
            let profile = try await Self.record("Profile/\(ann.profile.rawValue)", caller).json
            #expect(profile["Name"]?.string == Profile.standardUser)
            for path in [
                "User/005000000000001AAA", "User/x", "Account/001000000000001AAA", "Organization/\(ann.id.rawValue)",
            ] {
                #expect(try await Self.record(path, caller).status == 404, "\(path)")
            }
            let wrong = try await Self.record("User/\(ann.id.rawValue)?fields=Salary", caller)
            #expect(wrong.restCode == "INVALID_FIELD")
            let types = try await client.get("/services/data/v68.0/sobjects", bearer: caller.token)
            #expect(types.body.contains(#""name":"User","label":"User","keyPrefix":"005""#))
        }
    }

    @Test(
        "app-model 4.2 and 6.3: users, profiles and tokens of others are for who may see them, connected apps for who may develop them",
        arguments: TestDatabase.available
    )
    func permissions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            _ = try await client.codeTokens()
            let cases: [(Set<Permission>, users: Int64, tokens: Int64, apps: Bool)] = [
                ([], 1, 0, false), ([.viewSetup], 2, 0, false), ([.manageUsers], 2, 0, false),
                ([.viewSetup, .manageUsers], 2, 1, false), ([.customizeApplication], 1, 0, false),
                ([.customizeApplication, .manageRemoteAccess], 1, 0, true),
            ]
            for (permissions, users, tokens, apps) in cases {
                let caller = try await RESTCaller(server, client, permissions: permissions)
                let own = try await Self.query("SELECT Id FROM User", caller).json["totalSize"]
                #expect(own == .integer(users), "\(permissions)")
                let ann = try await Self.record("User/\(server.user.id.rawValue)", caller).status
                #expect(ann == (users == 2 ? 200 : 404))
                let granted = try await Self.query("SELECT AppName, UserId FROM OauthToken", caller).json
                #expect(granted["totalSize"] == .integer(tokens), "\(permissions)")
                let counted = try await Self.query("SELECT COUNT() FROM OauthToken", caller).json
                #expect(counted["totalSize"] == .integer(tokens), "\(permissions)")
                let connected = try await Self.query("SELECT Name FROM ConnectedApplication", caller)
                #expect(connected.restCode == (apps ? nil : "INSUFFICIENT_ACCESS"), "\(connected.body)")
            }
        }
    }

    @Test(
        "app-model 6.3: a token of an app that is not installed has no AppMenuItemId",
        arguments: TestDatabase.available
    )
    func menu(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.viewSetup, .manageUsers])
            _ = try await client.codeTokens()
            let soql = "SELECT AppName, AppMenuItemId, UseCount, UserId FROM OauthToken"
            let answer = try await Self.query(soql, caller).json
            let token = try #require(answer["records"]?.array?.first?.object)
            #expect(token["AppName"]?.string == "Orders")
            #expect(token["AppMenuItemId"]?.string == caller.app.rawValue)
            #expect(token["UserId"]?.string == server.user.id.rawValue)
            #expect(token["UseCount"] == .integer(0))
        }
    }
}
