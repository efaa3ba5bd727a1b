import AuthorizationServer
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Signet's resources of users, packages and pairs")
struct SignetResourceTests {
    private func send(
        _ caller: RESTCaller,
        _ method: HTTPRequest.Method,
        _ path: String,
        body: String? = nil,
        type: String = "application/json"
    ) async throws -> Client.Answer {
        var headers: HTTPFields = [.authorization: "Bearer \(caller.token)"]
        if body != nil { headers[.contentType] = type }
        return try await caller.client.send(method, "/services/data/v68.0/signet/\(path)", headers: headers, body: body)
    }

    @Test(
        "app-model 4.2: users are seen and changed by who may manage users alone, and none of another org",
        arguments: TestDatabase.available
    )
    func userPermissions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let others = Set(Permission.allCases).subtracting([.manageUsers, .installPackaging])
            let caller = try await RESTCaller(server, client, permissions: others)
            let body = #"{"username": "new@acme.example", "profile": "Minimum Access"}"#
            for answer in [
                try await send(caller, .get, "users"), try await send(caller, .post, "users", body: body),
                try await send(caller, .patch, "users/\(server.user.id.rawValue)", body: #"{"isFrozen": true}"#),
            ] {
                #expect(answer.status == 403 && answer.restCode == "INSUFFICIENT_ACCESS")
                #expect(answer.restText?.contains("Manage Users") == true)
            }
        }
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Set(Permission.allCases))
            let foreign = try await send(caller, .patch, "users/005000000000001AAA", body: #"{"isFrozen": true}"#)
            #expect(foreign.status == 404 && foreign.restCode == "NOT_FOUND")
            let one = try await send(caller, .get, "users?username=ANN@acme.example").json["users"]?.array
            #expect(one?.count == 1 && one?.first?.object?["id"]?.string == server.user.id.rawValue)
            let first = try await send(caller, .get, "users?pageSize=1").json["users"]?.array
            #expect(first?.compactMap { $0.object?["username"]?.string } == ["ann@acme.example"])
        }
    }

    @Test(
        "issue 3.5: a body that is wrong is refused with the member and the rule, and nobody is made or changed",
        arguments: [
            (#"[]"#, "JSON_PARSER_ERROR"), (#"{"username": "x@acme.example"}"#, "REQUIRED_FIELD_MISSING"),
            (#"{"username": "x", "profile": "Standard User"}"#, "INVALID_EMAIL_ADDRESS"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "email": "y"}"#, "INVALID_EMAIL_ADDRESS"),
            (#"{"username": "x@acme.example", "profile": "None"}"#, "INVALID_FIELD"),
            (#"{"username": "x@acme.example", "profile": 7}"#, "INVALID_FIELD"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "isAdmin": true}"#, "JSON_PARSER_ERROR"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "isApiOnly": "no"}"#, "INVALID_FIELD"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "firstName": "a\u202eb"}"#, "INVALID_FIELD"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "permissionSets": ["N"]}"#, "INVALID_FIELD"),
            (#"{"username": "x@acme.example", "profile": "Standard User", "password": "short"}"#, "INVALID_FIELD"),
            (#"{"username": "ann@acme.example", "profile": "Standard User"}"#, "DUPLICATE_USERNAME"),
        ]
    )
    func newUsers(_ body: String, _ code: String) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Set(Permission.allCases))
            let refused = try await send(caller, .post, "users", body: body)
            #expect(refused.status == 400 && refused.restCode == code, "\(refused.body)")
            let org = server.org.id
            #expect(try await server.database.read { try Users.all(org: org, on: $0) }.count == 2)
        }
    }

    @Test(
        "issue 3.5: a change of a user is one of the three that there are",
        arguments: [
            #"{}"#, #"{"isFrozen": "yes"}"#, #"{"isFrozen": true, "password": "correct horse"}"#, #"{"profile": "x"}"#,
            #"{"isFrozen": true, "isActive": false}"#, #"{"isActive": "no"}"#, #"{"addPermissionSets": "Deployers"}"#,
            #"{"addPermissionSets": ["None"]}"#, #"{"removePermissionSets": ["None"]}"#,
            #"{"email": "x@acme.example"}"#,
            #"{"addPermissionSets": ["A"], "removePermissionSets": ["A"]}"#,
        ]
    )
    func userChanges(_ body: String) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Set(Permission.allCases))
            let refused = try await send(caller, .patch, "users/\(server.user.id.rawValue)", body: body)
            #expect(refused.status == 400, "\(refused.body)")
            let account = try await server.database.read { try Users.account(server.user.id, on: $0) }
            #expect(account?.user.isFrozen == false && account?.user.isActive == true)
            #expect(account?.profile.id == server.user.profile)
        }
    }

    @Test(
        "app-model 4.2: nobody gives a user more than they may do themselves, changes one who may do more, or locks themselves out",
        arguments: TestDatabase.available
    )
    func access(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.manageUsers])
            let org = server.org.id
            let set = { (id: String, name: String, permissions: Set<Permission>) in
                PermissionSet(
                    id: PermissionSetID(stored: id),
                    org: org,
                    name: name,
                    label: name,
                    permissions: permissions
                )
            }
            let (more, less) = (
                set("0PS000000000021AAA", "More", [.modifyAllData]), set("0PS000000000022AAA", "Less", [.manageUsers])
            )
            let boss = User(
                id: UserID(stored: "005000000000021AAA"),
                org: org,
                username: "boss@acme.example",
                email: "boss@acme.example",
                lastName: "Boss",
                nickname: "boss",
                profile: server.integration.profile,
                permissionSets: [more.id],
                createdAt: TestServer.start,
                updatedAt: TestServer.start
            )
            let clerk = User(
                id: UserID(stored: "005000000000022AAA"),
                org: org,
                username: "clerk@acme.example",
                email: "clerk@acme.example",
                lastName: "Clerk",
                nickname: "clerk",
                profile: server.integration.profile,
                createdAt: TestServer.start,
                updatedAt: TestServer.start
            )
            try await server.change { connection in
                for one in [more, less] {
                    try PermissionSets.insert(one, by: .server, now: TestServer.start, on: connection)
                }
                for one in [boss, clerk] { try Users.insert(one, passwordHash: nil, by: .server, on: connection) }
            }
            let oneself = server.integration.id.rawValue
            for (user, body, status) in [
                (boss.id.rawValue, #"{"isActive": false}"#, 403),
                (boss.id.rawValue, #"{"removePermissionSets": ["More"]}"#, 403),
                (clerk.id.rawValue, #"{"addPermissionSets": ["Less", "More"]}"#, 403),
                (oneself, #"{"isActive": false}"#, 400),
            ] {
                let refused = try await send(caller, .patch, "users/\(user)", body: body)
                #expect(refused.status == status, "\(body) \(refused.body)")
            }
            #expect(
                try await send(caller, .patch, "users/\(clerk.id.rawValue)", body: #"{"addPermissionSets": ["Less"]}"#)
                    .status == 204
            )
            let accounts = try await server.database.read { try Users.all(org: org, on: $0) }
            #expect(accounts.first { $0.user.id == boss.id }?.user.permissionSets == [more.id])
            #expect(accounts.first { $0.user.id == clerk.id }?.user.permissionSets == [less.id])
            #expect(accounts.filter { !$0.user.isActive }.isEmpty)
            let listed = try await send(caller, .get, "users?username=clerk@acme.example").json["users"]?.array
            #expect(listed?.first?.object?["permissionSets"]?.array?.compactMap(\.string) == ["Less"])
        }
    }

    @Test(
        "app-model 4.2: nobody takes API Only or the login IP ranges of their profile from themselves; others may",
        arguments: TestDatabase.available
    )
    func ownLimits(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let (org, now) = (server.org.id, server.now)
            let manager = PermissionSet(
                id: PermissionSetID(stored: "0PS000000000031AAA"),
                org: org,
                name: "Manager",
                label: "Manager",
                permissions: [.manageUsers]
            )
            let bound = PermissionSet(
                id: PermissionSetID(stored: "0PS000000000032AAA"),
                org: org,
                name: "Bound",
                label: "Bound",
                permissions: [.apiUserOnly]
            )
            let range = try #require(IPRange(cidr: "192.0.2.0/24"))
            let office = Profile(
                id: ProfileID(stored: "00e000000000031AAA"),
                org: org,
                name: "Office",
                permissions: [],
                loginIPRanges: [range]
            )
            let clerk = User(
                id: UserID(stored: "005000000000031AAA"),
                org: org,
                username: "clerk@acme.example",
                email: "clerk@acme.example",
                lastName: "Clerk",
                nickname: "clerk",
                profile: office.id,
                permissionSets: [manager.id, bound.id],
                createdAt: now,
                updatedAt: now
            )
            try await server.change { connection in
                try Profiles.insert(office, by: .server, now: now, on: connection)
                for set in [manager, bound] { try PermissionSets.insert(set, by: .server, now: now, on: connection) }
                try Users.insert(clerk, passwordHash: nil, by: .server, on: connection)
            }
            func change(_ change: UserChange, by actor: AuditActor) async throws {
                let administration = UserAdministration(
                    org: org,
                    masterKey: server.server.masterKey,
                    actor: actor,
                    now: now,
                    permissions: nil
                )
                _ = try await server.database.write { connection in
                    try administration.change(clerk.id, change, clock: { now }, on: connection)
                }
            }
            let freeing = [
                UserChange(removedPermissionSets: ["Bound"]), UserChange(profile: Profile.standardUser),
            ]
            for one in freeing {
                await #expect(throws: UserRefusal.ownLimits) { try await change(one, by: .user(clerk.id, source: nil)) }
            }
            for one in freeing { try await change(one, by: .user(server.user.id, source: nil)) }
        }
    }

    @Test("CONTRIBUTING, rule 6: what is sent with a package and means nothing there is refused")
    func installationInput() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Set(Permission.allCases))
            func post(_ query: String, _ parts: [String]) async throws -> Client.Answer {
                let body = parts.map { "--b\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\nx\r\n" }.joined()
                let path = "packages/installations?\(query)"
                return try await send(
                    caller,
                    .post,
                    path,
                    body: body + "--b--\r\n",
                    type: "multipart/form-data; boundary=b"
                )
            }
            for (query, parts, code, problem) in [
                ("step=install", ["package", "package"], "INVALID_MULTIPART_REQUEST", "package is there twice"),
                (
                    "step=install", ["package", "global", "global"], "INVALID_MULTIPART_REQUEST",
                    "global is there twice"
                ),
                ("step=install", ["package", "other"], "INVALID_MULTIPART_REQUEST", "the part package and"),
                ("step=install", ["global"], "INVALID_MULTIPART_REQUEST", "the part package and"),
                ("step=upgrade", ["package", "global"], "INVALID_MULTIPART_REQUEST", "goes with the step install"),
                ("step=upgrade&allowDowngrade=yes", ["package"], "ILLEGAL_QUERY_PARAMETER_VALUE", "true or false"),
                ("step=install&allowDowngrade=true", ["package"], "ILLEGAL_QUERY_PARAMETER_VALUE", "step upgrade"),
                ("step=install&step=upgrade", ["package"], "ILLEGAL_QUERY_PARAMETER_VALUE", "step"),
                ("step=install", ["package"], "INVALID_PACKAGE", ""),
            ] {
                let refused = try await post(query, parts)
                #expect(refused.status == 400 && refused.restCode == code, "\(query) \(parts) \(refused.body)")
                #expect(refused.restText?.contains(problem) == true || problem.isEmpty, "\(refused.body)")
            }
        }
    }

    @Test("app-model 4.2: packages are made by developers and installed by who may install them")
    func packagePermissions() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.externalClientAppAdmin])
            #expect(try await send(caller, .get, "packages").status == 200)
            for (method, path, permission) in [
                (.get, "packages/key", "Create, edit, and delete"), (.post, "packages/versions/Orders", "Create, edit"),
                (.post, "packages/signers?fingerprint=x", "Download AppExchange Packages"),
                (.delete, "packages/signers?fingerprint=x", "Download AppExchange Packages"),
                (.post, "packages/installations?step=install", "Download AppExchange Packages"),
                (.delete, "packages/installations/Orders", "Download AppExchange Packages"),
            ] as [(HTTPRequest.Method, String, String)] {
                let refused = try await send(caller, method, path, body: method == .get ? nil : "{}")
                #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(path)")
                #expect(refused.restText?.contains(permission) == true, "\(refused.body)")
            }
        }
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Set(Permission.allCases))
            for (method, path, body, type, status) in [
                (.post, "packages/inspection", "no zip", "application/zip", 400),
                (.post, "packages/inspection", "no zip", "text/plain", 415),
                (.post, "packages/signers", "no zip", "application/zip", 400),
                (.post, "packages/installations", "x", "application/zip", 400),
                (.post, "packages/installations?step=install", "x", "application/zip", 400),
                (.post, "packages/versions/Orders", #"{"version": "1"}"#, "application/json", 400),
                (.post, "packages/versions/Orders", #"{"version": "1.0.0", "x": 1}"#, "application/json", 400),
                (.post, "packages/versions/Orders", #"{"version": "1.0.0"}"#, "application/json", 400),
                (.post, "packages/versions/None", #"{"version": "1.0.0"}"#, "application/json", 404),
                (.delete, "packages/installations/None", "", "application/json", 404),
                (.delete, "packages/signers?fingerprint=x", "", "application/json", 404),
            ] as [(HTTPRequest.Method, String, String, String, Int)] {
                let refused = try await send(caller, method, path, body: body, type: type)
                #expect(refused.status == status, "\(path) \(refused.body)")
            }
        }
    }

    @Test("app-model 4.2, 7.3: a pair is replaced at once by who may manage pairs, where the org lets REST do so")
    func replacement() async throws {
        let path = { @Sendable (caller: RESTCaller) in "credentials/\(caller.app.rawValue)/replacement" }
        let body = #"{"replace": ["secret"]}"#
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.externalClientAppDeveloper])
            let refused = try await send(caller, .post, path(caller), body: body)
            #expect(refused.status == 403 && refused.restText?.contains("View Client Secret") == true)
        }
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, isSwitchedOn: false)
            let refused = try await send(caller, .post, path(caller), body: body)
            #expect(refused.status == 403 && refused.restCode == "FUNCTIONALITY_NOT_ENABLED")
        }
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, isOwnApp: true)
            let refused = try await send(caller, .post, path(caller), body: body)
            #expect(refused.status == 400 && refused.restCode == "CONFIRMATION_REQUIRED")
            let confirmed = try await send(caller, .post, path(caller) + "?confirmOwnCredentials=true", body: body)
            #expect(confirmed.status == 200)
        }
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client)
            for wrong in ["{}", "[]", #"{"replace": []}"#, #"{"replace": ["all"]}"#, #"{"replace": "key"}"#] {
                #expect(try await send(caller, .post, path(caller), body: wrong).status == 400, "\(wrong)")
            }
            let basic = (AppMother.key, AppMother.secret)
            #expect(try await caller.status(basic) == 200)
            let made = try await send(caller, .post, path(caller), body: body).json
            #expect(made["consumerKey"]?.string == AppMother.key)
            #expect(try await caller.status(basic) != 200)
            #expect(try await caller.status((AppMother.key, #require(made["consumerSecret"]?.string))) == 200)
            let key = try await send(caller, .post, path(caller), body: #"{"replace": ["key"]}"#).json
            #expect(key["consumerKey"]?.string != AppMother.key && key["consumerSecret"] == nil)
        }
    }
}
