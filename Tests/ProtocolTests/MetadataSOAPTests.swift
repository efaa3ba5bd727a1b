import ClientApps
import Foundation
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("SOAP: the Metadata API")
struct MetadataSOAPTests {
    private static func archive() throws -> String {
        let app = SourceFile(
            path: "externalClientApps/Sales.eca",
            bytes: Array(
                "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>a@b.example</contactEmail><label>Sales</label></ExternalClientApplication>"
                    .utf8
            )
        )
        let manifest =
            "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"><types><members>Sales</members><name>ExternalClientApplication</name></types><version>65.0</version></Package>"
        let bytes = try ArchiveWriter.archive([
            ArchiveEntry(path: "package.xml", bytes: Array(manifest.utf8)),
            ArchiveEntry(path: app.path, bytes: app.bytes),
        ])
        return Data(bytes).base64EncodedString()
    }

    @Test(
        "clients 1: deploy takes elements in capitals, booleans in capitals, stray text and path suffixes, whatever the SOAPAction",
        arguments: TestDatabase.available
    )
    func deploy(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let options = """
                <met:DeployOptions><met:allowMissingFiles>False</met:allowMissingFiles><met:checkOnly>False</met:checkOnly>
                <met:rollbackOnError>True</met:rollbackOnError><met:singlePackage>True</met:singlePackage>
                <met:runAllTests>False</met:runAllTests>
                None
                None
                </met:DeployOptions>
                """
            let content = "<met:ZipFile>\(try Self.archive())</met:ZipFile>\(options)"
            let begun = try await caller.call("deploy", content, path: "/deployRequest")
            #expect(begun.status == 200, "\(begun.text)")
            #expect(begun.value("state") == "Queued" && begun.value("done") == "false")
            let id = try #require(begun.value("id"))
            #expect(id.hasPrefix("0Af"))
            try await caller.work()
            let status = try await caller.call(
                "checkDeployStatus",
                "<met:asyncProcessId>\(id)</met:asyncProcessId><met:includeDetails>true</met:includeDetails>",
                path: "/deployRequest/\(id)"
            )
            #expect(status.value("status") == "Succeeded", "\(status.text)")
            #expect(status.value("numberComponentsDeployed") == "1" && status.value("success") == "true")
            #expect(status.all("fileName").contains("externalClientApps/Sales.eca"))
            let gone = try await caller.call("cancelDeploy", "<met:String>\(id)</met:String>")
            #expect(gone.status == 500 && gone.faultCode == "sf:INVALID_ID_FIELD")
            let quick = try await caller.call(
                "deployRecentValidation",
                "<met:validationId>\(id)</met:validationId>"
            )
            #expect(quick.faultCode == "sf:INVALID_ID_FIELD")
        }
    }

    @Test(
        "security class 10: what may stand once and stands twice is refused, and neither counts: body, operation, session, archive, option",
        arguments: TestDatabase.available
    )
    func wrapping(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let session = "<met:SessionHeader><met:sessionId>\(caller.token)</met:sessionId></met:SessionHeader>"
            let plain = SOAPCaller.envelope("<met:describeMetadata/>", session: caller.token)
            #expect(try await caller.post(plain).status == 200)
            let zip = "<met:ZipFile>\(try Self.archive())</met:ZipFile>"
            func deploy(_ content: String) -> String {
                SOAPCaller.envelope("<met:deploy>\(content)</met:deploy>", session: caller.token)
            }
            let messages = [
                plain.replacing("</env:Body>", with: "</env:Body><env:Body><met:describeMetadata/></env:Body>"),
                plain.replacing("</env:Header>", with: "</env:Header><env:Header>\(session)</env:Header>"),
                plain.replacing("</env:Header>", with: "\(session)</env:Header>"),
                plain.replacing("</met:sessionId>", with: "</met:sessionId><met:sessionId>x</met:sessionId>"),
                SOAPCaller.envelope("<met:describeMetadata/><met:describeMetadata/>", session: caller.token),
                deploy(zip + zip), deploy(zip + zip.replacing("ZipFile", with: "zipFile")),
                deploy(zip + "<met:DeployOptions/><met:deployOptions/>"),
                deploy(
                    zip
                        + "<met:DeployOptions><met:checkOnly>true</met:checkOnly><met:checkOnly>false</met:checkOnly></met:DeployOptions>"
                ),
            ]
            for message in messages {
                let answer = try await caller.post(message)
                #expect(answer.faultCode == "sf:INVALID_SOAP_MESSAGE", "\(message)")
                #expect(!answer.text.contains(caller.token))
            }
            #expect(
                try await server.database.read { try DeploymentArchives.waiting(org: server.org.id, on: $0).count } == 0
            )
            // Headers that are not acted on may have lists.
            let debugging = "<met:DebuggingHeader><met:categories/><met:categories/></met:DebuggingHeader>"
            #expect(try await caller.call("describeMetadata", header: debugging).status == 200)
        }
    }

    @Test(
        "security class 16: a namespace that every name would carry is refused before there is a session",
        arguments: TestDatabase.available
    )
    func namespaces(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let space = String(repeating: "n", count: 60_000)
            let message =
                "<e:Envelope xmlns:e='x' xmlns='\(space)'><e:Body><q>\(String(repeating: "<a/>", count: 17_000))</q></e:Body></e:Envelope>"
            for path in ["/services/Soap/m/65.0", "/services/Soap/u/65.0"] {
                let answer = try await caller.post(message, path: path)
                #expect(answer.faultCode == "sf:INVALID_SOAP_MESSAGE" && answer.text.contains("namespace is longer"))
            }
        }
    }

    @Test(
        "clients 1 and 2: retrieve takes types in no namespace and no version; checkStatus answers; the zip file comes without includeZip",
        arguments: TestDatabase.available
    )
    func retrieve(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let begun = try await caller.call(
                "retrieve",
                "<met:retrieveRequest><met:apiVersion>65.0</met:apiVersion><met:unpackaged><types xmlns=\"\"><members>*</members><name>ExternalClientApplication</name></types></met:unpackaged></met:retrieveRequest>"
            )
            let id = try #require(begun.value("id"), "\(begun.text)")
            let state = try await caller.call("checkStatus", "<met:asyncProcessId>\(id)</met:asyncProcessId>")
            #expect(state.value("done") == "true")
            let result = try await caller.call(
                "checkRetrieveStatus",
                "<met:asyncProcessId>\(id)</met:asyncProcessId>",
                path: "/00Dxx0000000001"
            )
            #expect(result.value("status") == "Succeeded")
            let zip = try #require(result.value("zipFile").flatMap { Data(base64Encoded: $0) })
            let paths = try ArchiveReader().files(of: Array(zip)).map(\.path)
            #expect(
                paths.contains("unpackaged/package.xml") && paths.contains("unpackaged/externalClientApps/Orders.eca")
            )
        }
    }

    @Test(
        "clients (jsforce, source-deploy-retrieve): retrieve takes request, and the version of the manifest beats apiVersion"
    )
    func jsforceRetrieve() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await SOAPCaller(server, client)
            let begun = try await caller.call(
                "retrieve",
                "<request><apiVersion>68.0</apiVersion><unpackaged _xmlns=\"x\"><types><members>*</members><name>ExternalClientApplication</name></types><version>61.0</version></unpackaged></request>"
            )
            let id = try #require(begun.value("id"), "\(begun.text)")
            let result = try await caller.call("checkRetrieveStatus", "<asyncProcessId>\(id)</asyncProcessId>")
            let zip = try #require(result.value("zipFile").flatMap { Data(base64Encoded: $0) })
            let files = try ArchiveReader().files(of: Array(zip))
            #expect(files.contains { $0.path == "unpackaged/externalClientApps/Orders.eca" })
            let manifest = try #require(files.first { $0.path == "unpackaged/package.xml" })
            #expect(String(decoding: manifest.bytes, as: UTF8.self).contains("<version>61.0</version>"))
            for nothing in ["", "<somethingElse/>"] {
                let refused = try await caller.call("retrieve", nothing)
                #expect(refused.faultCode == "sf:REQUIRED_FIELD_MISSING", "\(refused.text)")
            }
        }
    }

    @Test(
        "app-model 11.1: components are created, read, updated, upserted, renamed and deleted",
        arguments: TestDatabase.available
    )
    func components(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            func header(_ name: String, _ label: String) -> String {
                "<met:metadata xsi:type=\"met:ExternalClientApplication\"><met:fullName>\(name)</met:fullName><met:contactEmail>a@b.example</met:contactEmail><met:label>\(label)</met:label></met:metadata>"
            }
            var answer = try await caller.call("createMetadata", header("Sales", "Sales &amp; more"))
            #expect(answer.value("success") == "true", "\(answer.text)")
            answer = try await caller.call("createMetadata", header("Sales", "x"))
            #expect(answer.status == 200 && answer.value("success") == "false")
            #expect(answer.value("statusCode") == "DUPLICATE_DEVELOPER_NAME" && answer.value("message") != nil)
            let reading =
                "<met:type>ExternalClientApplication</met:type><met:fullNames>Sales</met:fullNames><met:fullNames>None</met:fullNames>"
            answer = try await caller.call("readMetadata", reading)
            #expect(
                answer.text.contains(
                    "<result><records xsi:type=\"ExternalClientApplication\"><fullName>Sales</fullName><contactEmail>a@b.example</contactEmail>\n<label>Sales &amp; more</label>\n</records><records xsi:nil=\"true\"/></result>"
                ),
                "\(answer.text)"
            )
            answer = try await caller.call("updateMetadata", header("Sales", "Sales 2"))
            #expect(answer.value("success") == "true")
            answer = try await caller.call("upsertMetadata", header("More", "More") + header("Sales", "Sales 3"))
            #expect(answer.all("created") == ["true", "false"])
            answer = try await caller.call(
                "upsertMetadata",
                header("Third", "Third") + header("no name", "x"),
                header: "<met:AllOrNoneHeader><met:allOrNone>True</met:allOrNone></met:AllOrNoneHeader>"
            )
            #expect(answer.all("statusCode") == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_FIELD"])
            answer = try await caller.call(
                "renameMetadata",
                "<met:type>ExternalClientApplication</met:type><met:oldFullName>More</met:oldFullName><met:newFullName>Less</met:newFullName>"
            )
            #expect(answer.value("success") == "true")
            answer = try await caller.call(
                "deleteMetadata",
                "<met:type>ExternalClientApplication</met:type><met:fullNames>Less</met:fullNames><met:fullNames>More</met:fullNames>"
            )
            #expect(answer.all("success") == ["true", "false"])
            answer = try await caller.call(
                "listMetadata",
                "<met:queries><met:type>ExternalClientApplication</met:type></met:queries><met:asOfVersion>65.0</met:asOfVersion>"
            )
            #expect(answer.all("fullName") == ["Orders", "Sales", "Tools"])
            let (id, name) = (server.integration.id.rawValue, server.integration.displayName)
            for part in ["createdBy", "lastModifiedBy"] {
                #expect(answer.all(part + "Id") == ["005000000000000AAA", id, "005000000000000AAA"])
                #expect(answer.all(part + "Name") == ["Signet", name, "Signet"])
            }
        }
    }

    @Test(
        "app-model 11.1: opaque tokens open every version, JWTs open 68.0, and nothing else opens any",
        arguments: TestDatabase.available,
        [true, false]
    )
    func sessions(driver: TestDatabase, jwt: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client, jwt: jwt)
            let early = try await caller.call("describeMetadata", version: "67.0")
            #expect(early.status == (jwt ? 500 : 200))
            if jwt { #expect(early.faultCode == "sf:INVALID_SESSION_ID" && early.text.contains("68.0")) }
            #expect(try await caller.call("describeMetadata", version: "68.0").status == 200)
            for session in [nil, "", "nonsense", caller.token + "x"] {
                let refused = try await caller.post(
                    SOAPCaller.envelope("<met:describeMetadata/>", session: session),
                    path: "/services/Soap/m/68.0"
                )
                #expect(refused.status == 500 && refused.faultCode == "sf:INVALID_SESSION_ID")
            }
            for version in ["58.0", "69.0", "x"] {
                let refused = try await caller.call("describeMetadata", version: version)
                #expect(refused.faultCode == "sf:UNSUPPORTED_API_VERSION")
            }
        }
    }

    @Test(
        "app-model 4.2: without scope, permission or a known operation there is a fault that says so",
        arguments: TestDatabase.available
    )
    func refusals(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client, permissions: [], scopes: "OpenID")
            let scope = try await caller.call("describeMetadata")
            #expect(scope.faultCode == "sf:INSUFFICIENT_ACCESS" && scope.text.contains("scope api"))
        }
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client, permissions: [.externalClientAppDeveloper])
            let permission = try await caller.call("describeMetadata")
            #expect(permission.faultCode == "sf:INSUFFICIENT_ACCESS")
            #expect(permission.text.contains("Modify Metadata Through Metadata API Functions"))
        }
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            #expect(try await caller.call("describeGlobalTheme").faultCode == "sf:INVALID_OPERATION")
            #expect(try await caller.call("deploy").faultCode == "sf:REQUIRED_FIELD_MISSING")
            #expect(try await caller.call("deploy", "<met:ZipFile>*</met:ZipFile>").faultCode == "sf:INVALID_FIELD")
            #expect(try await caller.call("checkDeployStatus").faultCode == "sf:REQUIRED_FIELD_MISSING")
            for message in ["", "nonsense", "<a/>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"] {
                let answer = try await caller.post(message)
                #expect(answer.status == 500 && answer.faultCode == "sf:INVALID_SOAP_MESSAGE", "\(answer.text)")
            }
        }
    }

    @Test(
        "threat-model: of a large message from a stranger the beginning alone is read",
        arguments: TestDatabase.available
    )
    func largeMessages(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let padding = String(repeating: "A", count: 400_000)
            // Not even well-formed: who has no session is refused before that is seen.
            let stranger = SOAPCaller.envelope("<met:deploy><met:ZipFile>\(padding)", session: "00Dx!stranger")
            #expect(try await caller.post(stranger).faultCode == "sf:INVALID_SESSION_ID")
            let own = SOAPCaller.envelope("<met:deploy><met:ZipFile>\(padding)", session: caller.token)
            #expect(try await caller.post(own).faultCode == "sf:INVALID_SOAP_MESSAGE")
            let whole = try await caller.call("deploy", "<met:ZipFile>\(padding)</met:ZipFile>")
            #expect(whole.status == 200, "\(whole.text)")
        }
    }

    @Test(
        "app-model 11.4: a description and a fault are answered as the golden files have them",
        arguments: TestDatabase.available
    )
    func goldenFiles(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            for (version, description) in [("59.0", GoldenSOAP.description), ("68.0", GoldenSOAP.descriptionOf68)] {
                #expect(try await caller.call("describeMetadata", version: version).text == description)
            }
            let refused = try await caller.post(SOAPCaller.envelope("<met:describeMetadata/>", session: "00Dx!y"))
            #expect(refused.text == GoldenSOAP.fault)
        }
    }
}

/// Answers to the letter, written by hand from the original's description (facts: app-model 1.1 and 11.4; clients 3 and 4).
enum GoldenSOAP {
    private static let head =
        #"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/""#
    private static let metadata = "http://soap.sforce.com/2006/04/metadata"
    private static let schema = #"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#

    private static func object(_ folder: String, _ suffix: String, _ name: String) -> String {
        "<metadataObjects><directoryName>\(folder)</directoryName><inFolder>false</inFolder><metaFile>false</metaFile><suffix>\(suffix)</suffix><xmlName>\(name)</xmlName></metadataObjects>"
    }

    private static func description(_ objects: [String]) -> String {
        head + " xmlns=\"\(metadata)\" \(schema)><soapenv:Body><describeMetadataResponse><result>" + objects.joined()
            + "<organizationNamespace></organizationNamespace><partialSaveAllowed>true</partialSaveAllowed><testRequired>false</testRequired></result></describeMetadataResponse></soapenv:Body></soapenv:Envelope>"
    }

    static let description = description([
        object("connectedApps", "connectedApp", "ConnectedApp"),
        object("externalClientApps", "eca", "ExternalClientApplication"),
        object("extlClntAppGlobalOauthSets", "ecaGlblOauth", "ExtlClntAppGlobalOauthSettings"),
        object("extlClntAppOauthPolicies", "ecaOauthPlcy", "ExtlClntAppOauthConfigurablePolicies"),
        object("extlClntAppOauthSettings", "ecaOauth", "ExtlClntAppOauthSettings"),
        object("oauthcustomscopes", "oauthcustomscope", "OauthCustomScope"),
        object("permissionsets", "permissionset", "PermissionSet"), object("profiles", "profile", "Profile"),
        object("settings", "settings", "Settings"),
    ])

    static let descriptionOf68 = description([
        object("connectedApps", "connectedApp", "ConnectedApp"),
        object("externalClientApps", "eca", "ExternalClientApplication"),
        object("extlClntAppCanvasSettings", "ecaCanvas", "ExtlClntAppCanvasSettings"),
        object("extlClntAppPolicies", "ecaPlcy", "ExtlClntAppConfigurablePolicies"),
        object("extlClntAppGlobalOauthSets", "ecaGlblOauth", "ExtlClntAppGlobalOauthSettings"),
        object("extlClntAppMobilePolicies", "ecaMobilePlcy", "ExtlClntAppMobileConfigurablePolicies"),
        object("extlClntAppMobileSettings", "ecaMobile", "ExtlClntAppMobileSettings"),
        object("extlClntAppNotifSettings", "ecaNotifications", "ExtlClntAppNotificationSettings"),
        object("extlClntAppOauthPolicies", "ecaOauthPlcy", "ExtlClntAppOauthConfigurablePolicies"),
        object("extlClntAppOauthSecuritySettings", "ecaOauthSecurity", "ExtlClntAppOauthSecuritySettings"),
        object("extlClntAppOauthSettings", "ecaOauth", "ExtlClntAppOauthSettings"),
        object("extlClntAppPushPolicies", "ecaPushPlcy", "ExtlClntAppPushConfigurablePolicies"),
        object("extlClntAppPushSettings", "ecaPush", "ExtlClntAppPushSettings"),
        object("extlClntAppSamlConfigurablePolicies", "ecaSamlPlcy", "ExtlClntAppSamlConfigurablePolicies"),
        object("oauthcustomscopes", "oauthcustomscope", "OauthCustomScope"),
        object("oauthtokenexchangehandlers", "oauthtokenexchangehandler", "OauthTokenExchangeHandler"),
        object("permissionsets", "permissionset", "PermissionSet"), object("profiles", "profile", "Profile"),
        object("settings", "settings", "Settings"),
    ])

    static let fault =
        head
        + " xmlns:sf=\"\(metadata)\" \(schema)><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
}
