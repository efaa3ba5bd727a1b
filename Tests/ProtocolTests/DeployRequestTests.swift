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

@Suite("REST: deployRequest")
struct DeployRequestTests {
    private static let rights: Set<Permission> = [.modifyMetadata, .externalClientAppDeveloper]
    private static let path = "/services/data/v68.0/metadata/deployRequest"

    /// A multipart body as clients send it.
    private static func multipart(_ json: String, _ archive: [UInt8], file: String = "file") -> ByteBuffer {
        var body = ByteBuffer()
        body.writeString("--b0undary\r\nContent-Disposition: form-data; name=\"json\"\r\n")
        body.writeString("Content-Type: application/json\r\n\r\n\(json)\r\n--b0undary\r\n")
        body.writeString("Content-Disposition: form-data; filename=\"metadata.zip\"; name=\"\(file)\"\r\n")
        body.writeString("Content-Type: application/zip\r\n\r\n")
        body.writeBytes(archive)
        body.writeString("\r\n--b0undary--\r\n")
        return body
    }

    private static func archive(_ folder: String = "", label: String = "Sales") throws -> [UInt8] {
        var app = AppMother()
        app.name = "Sales"
        app.global["consumerKey"] = "3MVG9sales.key"
        let types = [
            "ExternalClientApplication", "ExtlClntAppGlobalOauthSettings", "ExtlClntAppOauthSettings",
            "ExtlClntAppOauthConfigurablePolicies", "ExtlClntAppConfigurablePolicies",
        ].map { "<types><members>*</members><name>\($0)</name></types>" }.joined()
        let manifest =
            "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(types)<version>65.0</version></Package>"
        return try ArchiveWriter.archive(
            [ArchiveEntry(path: folder + "package.xml", bytes: Array(manifest.utf8))]
                + app.files.map { ArchiveEntry(path: folder + $0.path, bytes: $0.bytes) }
        )
    }

    private func post(
        _ caller: RESTCaller,
        _ body: ByteBuffer,
        type: String = "multipart/form-data; boundary=b0undary",
        token: String? = nil
    ) async throws -> Client.Answer {
        let response = try await caller.client.client.executeRequest(
            uri: Self.path,
            method: .post,
            headers: [.authorization: "Bearer \(token ?? caller.token)", .contentType: type],
            body: body
        )
        return Client.Answer(
            status: response.status.code,
            headers: response.headers,
            body: String(buffer: response.body)
        )
    }

    private func work(_ server: TestServer) async throws {
        let queue = DeploymentQueue(database: server.database, masterKey: server.server.masterKey)
        while try await queue.runNext(now: server.now) {}
        try await server.server.directory.refresh(now: server.now)
    }

    @Test(
        "clients 2: a multipart deployment with booleans as strings, nulls and a nested folder answers 201 and is done",
        arguments: TestDatabase.available,
        [true, false]
    )
    func deploys(driver: TestDatabase, jwt: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            var rights = Self.rights
            rights.insert(.externalClientAppAdmin)
            // Tools is the caller's own app: both forms of token are taken.
            let caller = try await RESTCaller(
                server,
                client,
                permissions: rights,
                isOwnApp: true,
                app: AppMother().global("isNamedUserJwtEnabled", "\(jwt)")
            )
            #expect(caller.token.contains("!") != jwt)
            let options =
                #"{"deployOptions":{"checkOnly":"false","purgeOnDelete":"false","testLevel":null,"singlePackage":false,"rollbackOnError":"true","runTests":[]}}"#
            let answer = try await post(caller, Self.multipart(options, try Self.archive("metadata/")))
            #expect(answer.status == 201, "\(answer.body)")
            let id = try answer.string("id")
            #expect(id.hasPrefix("0Af") && id.count == 18)
            #expect(answer.json["deployResult"]?.object?["status"]?.string == "Pending")
            #expect(answer.json["deployOptions"]?.object?["singlePackage"]?.bool == false)
            try await work(server)
            let status = try await client.get("\(Self.path)/\(id)?includeDetails=true", bearer: caller.token)
            let result = try #require(status.json["deployResult"]?.object)
            #expect(result["status"]?.string == "Succeeded" && result["done"]?.bool == true, "\(status.body)")
            #expect(result["numberComponentsDeployed"]?.integer == 5 && result["numFiles"]?.integer == 6)
            let successes = try #require(result["details"]?.object?["componentSuccesses"]?.array)
            #expect(successes.count == 6)
            for name in ["problemType", "fileName", "problem", "lineNumber", "columnNumber", "created", "deleted"] {
                #expect(successes.allSatisfy { $0.object?[name] != nil }, "\(name)")
            }
            // What was deployed works at once.
            let token = try await client.token(
                [("grant_type", "client_credentials")],
                basic: ("3MVG9sales.key", AppMother.secret)
            )
            #expect(token.status == 200)
            let brief = try await client.get("\(Self.path)/\(id)", bearer: caller.token)
            #expect(brief.json["deployResult"]?.object?["details"] == nil)
        }
    }

    @Test(
        "security class 10: options that mean nothing, stand elsewhere or come twice are refused, and make no deployment of a validation",
        arguments: TestDatabase.available
    )
    func unclearOptions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.rights)
            let archive = try Self.archive()
            for value in ["1", "0", "[true]", "{}", "1.5", "\"yes\""] {
                let options = "{\"deployOptions\":{\"checkOnly\":\(value),\"singlePackage\":true}}"
                let answer = try await post(caller, Self.multipart(options, archive))
                #expect(answer.status == 400 && answer.body.contains("checkOnly must be true or false"), "\(value)")
            }
            let others = [
                #"{"deployOptions":"checkOnly"}"#, #"{"deployOptions":[]}"#, #"{"checkOnly":true}"#,
                #"{"deployOptions":{"testLevel":1}}"#, #"{"deployOptions":{"runTests":"One"}}"#,
                #"{"deployOptions":{"runTests":[1]}}"#,
            ]
            for options in others {
                let answer = try await post(caller, Self.multipart(options, archive))
                #expect(answer.status == 400 && answer.body.contains("INVALID_FIELD"), "\(options): \(answer.body)")
            }
            let one = String(buffer: Self.multipart(#"{"deployOptions":{"checkOnly":true}}"#, []))
            for name in ["json", "file"] {
                let more = "--b0undary\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n{}\r\n"
                let answer = try await post(caller, ByteBuffer(string: more + one))
                #expect(answer.status == 400 && answer.body.contains("The part \(name) is there twice"))
            }
            #expect(
                try await server.database.read { try DeploymentArchives.waiting(org: server.org.id, on: $0).count } == 0
            )
            let good = Self.multipart(#"{"deployOptions":{"checkOnly":true}}"#, [])
            let twice = "multipart/form-data; boundary=b0undary; boundary=other"
            #expect(try await post(caller, good, type: twice).body.contains("INVALID_MULTIPART_REQUEST"))
            let named = ByteBuffer(string: one.replacing("name=\"json\"", with: "name=\"json\"; name=\"file\""))
            #expect(try await post(caller, named).body.contains("INVALID_MULTIPART_REQUEST"))
            let plain = try await post(caller, Self.multipart(#"{"deployOptions":null}"#, archive))
            #expect(plain.status == 201)
        }
    }

    @Test(
        "clients (jsforce, deployRest): options in a part entity_content count; both parts, and a part that means nothing, are refused",
        arguments: TestDatabase.available
    )
    func entityContent(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.rights)
            func body(_ name: String, _ more: String = "") throws -> ByteBuffer {
                let options = #"{"deployOptions":{"checkOnly":true,"singlePackage":true}}"#
                let whole = String(decoding: Self.multipart(options, []).readableBytesView, as: UTF8.self)
                let head = whole.replacing("name=\"json\"", with: "name=\"\(name)\"")
                let cut = try #require(head.firstRange(of: "application/zip\r\n\r\n")).upperBound
                var body = ByteBuffer(string: more + head[..<cut])
                body.writeBytes(try Self.archive())
                body.writeString(String(head[cut...]))
                return body
            }
            let answer = try await post(caller, try body("entity_content"))
            #expect(answer.json["deployOptions"]?.object?["checkOnly"]?.bool == true, "\(answer.body)")
            try await work(server)
            let status = try await client.get("\(Self.path)/\(try answer.string("id"))", bearer: caller.token)
            #expect(status.json["deployResult"]?.object?["status"]?.string == "Succeeded", "\(status.body)")
            let name = try await server.database.read { [org = server.org.id] connection in
                try AppRecords.find(developerName: "Sales", org: org, on: connection)?.components.developerName
            }
            #expect(name == nil)
            let json = "--b0undary\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{}\r\n"
            for refused in [try body("entity_content", json), try body("options")] {
                let answer = try await post(caller, refused)
                #expect(answer.status == 400 && answer.restCode == "INVALID_MULTIPART_REQUEST", "\(answer.body)")
            }
            let validation = try answer.string("id")
            let quick = ByteBuffer(string: "{\"validatedDeployRequestId\":\"\(validation)\"}")
            #expect(try await post(caller, quick, type: "text/plain;charset=UTF-8").status == 201)
        }
    }

    @Test("app-model 11.1: PATCH cancels, and a validation is deployed by its id", arguments: TestDatabase.available)
    func cancelAndQuickDeploy(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.rights)
            let checkOnly = #"{"deployOptions":{"checkOnly":true,"singlePackage":true}}"#
            let first = try await post(caller, Self.multipart(checkOnly, try Self.archive()))
            let id = try first.string("id")
            let patched = try await client.send(
                .patch,
                "\(Self.path)/\(id)",
                headers: [.authorization: "Bearer \(caller.token)", .contentType: "application/json"],
                body: #"{"deployResult":{"status":"Canceling"}}"#
            )
            #expect(patched.status == 202)
            #expect(patched.json["deployResult"]?.object?["status"]?.string == "Canceled")

            let validation = try await post(caller, Self.multipart(checkOnly, try Self.archive())).string("id")
            try await work(server)
            let body = ByteBuffer(string: "{\"validatedDeployRequestId\":\"\(validation)\"}")
            let quick = try await post(caller, body, type: "application/json")
            #expect(quick.status == 201, "\(quick.body)")
            #expect(quick.json["validatedDeployRequestId"]?.string == validation)
            try await work(server)
            let status = try await client.get("\(Self.path)/\(try quick.string("id"))", bearer: caller.token)
            #expect(status.json["deployResult"]?.object?["status"]?.string == "Succeeded")
            #expect(status.json["deployResult"]?.object?["checkOnly"]?.bool == false)
        }
    }

    @Test(
        "app-model 4.2: without the permission nothing is read of the body, and the refusal names it",
        arguments: TestDatabase.available
    )
    func refusals(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.externalClientAppDeveloper])
            let refused = try await post(caller, Self.multipart("{}", [1, 2, 3]))
            #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS")
            #expect(refused.restText?.contains("Modify Metadata Through Metadata API Functions") == true)
            let stranger = try await post(caller, Self.multipart("{}", []), token: "00Dxx!nonsense")
            #expect(stranger.status == 401 && stranger.restCode == "INVALID_SESSION_ID")
        }
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.rights)
            var answer = try await post(caller, Self.multipart("{}", [], file: "archive"))
            #expect(answer.status == 400 && answer.restCode == "INVALID_MULTIPART_REQUEST")
            answer = try await post(caller, ByteBuffer(string: "--b0undary\r\nbroken"))
            #expect(answer.restCode == "INVALID_MULTIPART_REQUEST")
            answer = try await post(caller, Self.multipart(#"{"deployOptions":{"checkOnly":"maybe"}}"#, []))
            #expect(answer.status == 400 && answer.restCode == "INVALID_FIELD")
            answer = try await post(caller, Self.multipart("[]", []))
            #expect(answer.restCode == "JSON_PARSER_ERROR")
            answer = try await post(caller, ByteBuffer(string: "{}"), type: "application/json")
            #expect(answer.restCode == "REQUIRED_FIELD_MISSING")
            answer = try await post(caller, ByteBuffer(string: "x"), type: "application/zip")
            #expect(answer.status == 415)
            answer = try await client.get("\(Self.path)/0Af000000000001AAA", bearer: caller.token)
            #expect(answer.status == 404 && answer.restCode == "NOT_FOUND")
            // A zip file that is none fails as a deployment does.
            let id = try await post(caller, Self.multipart("{}", Array("no zip".utf8))).string("id")
            try await work(server)
            let result = try await client.get("\(Self.path)/\(id)", bearer: caller.token).json["deployResult"]?.object
            #expect(result?["status"]?.string == "Failed" && result?["errorStatusCode"]?.string == "INVALID_ZIP_FILE")
        }
    }

    @Test(
        "security class 10: what a deployment is to do is not forgotten while it waits, however long its list of tests",
        arguments: TestDatabase.available
    )
    func longOptions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.rights)
            func options(_ test: String) -> String {
                let tests = Array(repeating: "\"\(test)\"", count: 700).joined(separator: ",")
                return "{\"deployOptions\":{\"checkOnly\":true,\"singlePackage\":true,\"runTests\":[\(tests)]}}"
            }
            let hidden = try await post(
                caller,
                Self.multipart(options(String(repeating: "\\n", count: 40)), try Self.archive())
            )
            #expect(hidden.status == 400 && hidden.body.contains("INVALID_FIELD"), "\(hidden.body)")
            let long = options(String(repeating: "T", count: 40))
            let answer = try await post(caller, Self.multipart(long, try Self.archive()))
            let status = try await client.get("\(Self.path)/\(try answer.string("id"))", bearer: caller.token)
            #expect(status.json["deployResult"]?.object?["checkOnly"]?.bool == true)
        }
    }
}
