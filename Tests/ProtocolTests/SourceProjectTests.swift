import Foundation
import HTTPTypes
import HummingbirdTesting
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What users of the original have in their repositories is deployed as it is.
@Suite("Source projects")
struct SourceProjectTests {
    private static let rights = SOAPCaller.rights.union([.modifyAllData])

    private func caller(_ server: TestServer, _ client: Client) async throws -> SOAPCaller {
        let open = server.orgWithConnectedApps
        try await server.change { try OrgRecords.update(open, by: .server, now: TestServer.start, on: $0) }
        return try await SOAPCaller(server, client, permissions: Self.rights)
    }

    private func deployByREST(_ project: SourceProject, _ caller: SOAPCaller) async throws -> JSONObject {
        let path = "/services/data/v68.0/metadata/deployRequest"
        var body = ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=\"json\"\r\n")
        body.writeString("Content-Type: application/json\r\n\r\n")
        body.writeString("{\"deployOptions\":{\"rollbackOnError\":true,\"singlePackage\":true}}\r\n--b\r\n")
        body.writeString("Content-Disposition: form-data; name=\"file\"; filename=\"metadata.zip\"\r\n")
        body.writeString("Content-Type: application/zip\r\n\r\n")
        body.writeBytes(try project.archive())
        body.writeString("\r\n--b--\r\n")
        let begun = try await caller.client.client.executeRequest(
            uri: path,
            method: .post,
            headers: [
                .authorization: "Bearer \(caller.token)", .contentType: "multipart/form-data; boundary=b",
            ],
            body: body
        )
        let id = try #require(try JSONScanner.object(Array(String(buffer: begun.body).utf8))["id"]?.string)
        try await caller.work()
        let status = try await caller.client.get("\(path)/\(id)?includeDetails=true", bearer: caller.token)
        return try #require(status.json["deployResult"]?.object)
    }

    private func components(_ result: JSONObject, _ list: String) -> [JSONObject] {
        let components = result["details"]?.object?[list]?.array?.compactMap(\.object) ?? []
        return components.filter { $0["componentType"]?.string?.isEmpty == false }
    }

    @Test(
        "app-model 1.1 and 11.2: a source project deploys unchanged by REST, and a second time without a change",
        arguments: TestDatabase.available,
        SourceProject.all
    )
    func byREST(driver: TestDatabase, project: SourceProject) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await caller(server, client)
            let count = try project.documents().count
            for isFirst in [true, false] {
                let result = try await deployByREST(project, caller)
                #expect(result["status"]?.string == "Succeeded")
                #expect(components(result, "componentFailures").isEmpty, "\(result)")
                let successes = components(result, "componentSuccesses")
                #expect(successes.count == count)
                for key in ["created", "changed"] {
                    #expect(successes.allSatisfy { $0[key]?.bool == isFirst }, "\(key): \(successes)")
                }
            }
        }
    }

    @Test(
        "app-model 1.1 and 11.2: a source project deploys unchanged by SOAP, and a retrieval gives every line of it back",
        arguments: TestDatabase.available,
        SourceProject.all
    )
    func bySOAP(driver: TestDatabase, project: SourceProject) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await caller(server, client)
            let zip = Data(try project.archive()).base64EncodedString()
            let begun = try await caller.call(
                "deploy",
                "<met:ZipFile>\(zip)</met:ZipFile><met:DeployOptions><met:singlePackage>true</met:singlePackage></met:DeployOptions>",
                version: "68.0"
            )
            let id = try #require(begun.value("id"), "\(begun.text)")
            try await caller.work()
            let status = try await caller.call(
                "checkDeployStatus",
                "<met:asyncProcessId>\(id)</met:asyncProcessId><met:includeDetails>true</met:includeDetails>"
            )
            #expect(status.value("status") == "Succeeded", "\(status.text)")
            #expect(status.value("numberComponentErrors") == "0")
            let files = try await retrieved(project.types(), by: caller)
            for (path, text) in try project.documents() {
                let file = try #require(files[String(path.dropLast("-meta.xml".count))], "\(path)")
                // A rotation is an order to be done, and nothing that an app has; the link is to the org that the project was retrieved from.
                let lines = text.split(separator: "\n")
                    .filter { !$0.contains("shouldRotate") && !$0.contains("orgScopedExternalApp") }
                let given = Set(file.split(separator: "\n"))
                for line in lines { #expect(given.contains(line), "\(path): \(line)") }
            }
        }
    }

    private func retrieved(_ types: Set<String>, by caller: SOAPCaller) async throws -> [String: String] {
        let entries = types.map { "<met:types><met:members>*</met:members><met:name>\($0)</met:name></met:types>" }
        let begun = try await caller.call(
            "retrieve",
            "<met:retrieveRequest><met:apiVersion>68.0</met:apiVersion><met:singlePackage>true</met:singlePackage><met:unpackaged>\(entries.joined())</met:unpackaged></met:retrieveRequest>",
            version: "68.0"
        )
        let id = try #require(begun.value("id"), "\(begun.text)")
        let result = try await caller.call("checkRetrieveStatus", "<met:asyncProcessId>\(id)</met:asyncProcessId>")
        let zip = try #require(result.value("zipFile").flatMap { Data(base64Encoded: $0) }, "\(result.text)")
        let files = try ArchiveReader().files(of: Array(zip))
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
    }
}
