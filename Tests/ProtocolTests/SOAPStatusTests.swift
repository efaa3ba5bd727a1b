import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import TestSupport
import Testing

@Suite("Codes and places in results")
struct SOAPStatusTests {
    @Test(
        "clients 4: a statusCode is a member of the WSDL's StatusCode, and what the server tells finer stands in the message",
        arguments: TestDatabase.available
    )
    func members(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let cases =
                [
                    (
                        "ExternalClientApplication", "a__b", "<met:label>L</met:label>", "INVALID_FIELD",
                        "INVALID_DEVELOPER_NAME"
                    ),
                    (
                        "ExternalClientApplication", "Shop", "<met:logoUrl>http://a.example</met:logoUrl>",
                        "INVALID_FIELD",
                        "INVALID_URL"
                    ),
                    (
                        "ExternalClientApplication", "Shop", "<met:wrong>x</met:wrong>", "INVALID_FIELD",
                        "UNKNOWN_ELEMENT"
                    ),
                    (
                        "ExternalClientApplication", "Shop", "<met:distributionState>Managed</met:distributionState>",
                        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", nil
                    ),
                ] as [(String, String, String, String, String?)]
            for (type, name, content, code, own) in cases {
                let answer = try await caller.call(
                    "createMetadata",
                    "<met:metadata xsi:type=\"met:\(type)\"><met:fullName>\(name)</met:fullName>\(content)</met:metadata>"
                )
                #expect(answer.value("statusCode") == code, "\(answer.text)")
                let message = answer.value("message") ?? ""
                #expect(own.map { message.hasPrefix($0 + ": ") } ?? !message.hasPrefix(code), "\(message)")
            }
        }
    }

    @Test(
        "clients 4: the error of a deployment as a whole is a member of StatusCode, too",
        arguments: TestDatabase.available
    )
    func deployment(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let empty = try ArchiveWriter.archive([ArchiveEntry(path: "package.xml", bytes: Array("<Package".utf8))])
            let begun = try await caller.call(
                "deploy",
                "<met:ZipFile>\(Data(empty).base64EncodedString())</met:ZipFile><met:DeployOptions><met:singlePackage>true</met:singlePackage></met:DeployOptions>"
            )
            let id = try #require(begun.value("id"))
            try await caller.work()
            let status = try await caller.call(
                "checkDeployStatus",
                "<met:asyncProcessId>\(id)</met:asyncProcessId><met:includeDetails>true</met:includeDetails>"
            )
            #expect(status.value("status") == "Failed")
            let code = try #require(status.value("errorStatusCode"), "\(status.text)")
            #expect(["INVALID_MARKUP", "INVALID_INPUT"].contains(code), "\(status.text)")
        }
    }

    @Test(
        "app-model 11.4, clients 2: a failure with a line has a column by SOAP",
        arguments: TestDatabase.available
    )
    func columns(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let namespace = "http://soap.sforce.com/2006/04/metadata"
            let bytes = try ArchiveWriter.archive([
                ArchiveEntry(
                    path: "package.xml",
                    bytes: Array(
                        "<Package xmlns=\"\(namespace)\"><types><members>*</members><name>ExternalClientApplication</name></types><version>65.0</version></Package>"
                            .utf8
                    )
                ),
                ArchiveEntry(
                    path: "externalClientApps/Sales.eca",
                    bytes: Array(
                        "<ExternalClientApplication xmlns=\"\(namespace)\">\n<isProtected>perhaps</isProtected>\n</ExternalClientApplication>"
                            .utf8
                    )
                ),
            ])
            let begun = try await caller.call(
                "deploy",
                "<met:ZipFile>\(Data(bytes).base64EncodedString())</met:ZipFile><met:DeployOptions><met:singlePackage>true</met:singlePackage></met:DeployOptions>"
            )
            let id = try #require(begun.value("id"))
            try await caller.work()
            let status = try await caller.call(
                "checkDeployStatus",
                "<met:asyncProcessId>\(id)</met:asyncProcessId><met:includeDetails>true</met:includeDetails>"
            )
            #expect(status.value("lineNumber") == "2" && status.value("columnNumber") == "1", "\(status.text)")
        }
    }
}
