import Orgs
import Testing

/// The cells of the Metadata API by SOAP: each operation with each type.
extension MatrixCell {
    /// A type, who may read its documents, who may change them, and the elements of one.
    private typealias TypeRow = (
        name: String, read: [Set<Permission>], write: [Set<Permission>], elements: [(String, String)]
    )

    static let soap: [MatrixCell] =
        [
            MatrixCell(name: "describeMetadata", needs: metadataAPI) { _, soap in
                try await isAllowed(soap, "describeMetadata", "")
            },
            MatrixCell(name: "describeValueType", needs: metadataAPI) { _, soap in
                try await isAllowed(soap, "describeValueType", "<met:type>Profile</met:type>")
            },
        ] + types.flatMap { cells(of: $0) }

    private static let part = [("externalClientApplication", "Nothing")]
    private static let scope = [
        ("description", "x"), ("developerName", "Nothing"), ("isProtected", "false"), ("masterLabel", "x"),
    ]
    private static let handler = [
        ("description", "x"), ("developerName", "Nothing"), ("isAccessTokenSupported", "true"), ("isEnabled", "true"),
        ("isIdTokenSupported", "false"), ("isJwtSupported", "true"), ("isRefreshTokenSupported", "false"),
        ("isSaml2Supported", "false"), ("isUserCreationAllowed", "false"), ("masterLabel", "x"),
        ("tokenHandlerApex", "Handler"),
    ]
    private static let label = [("contactEmail", "a@b.example"), ("label", "x")]

    private static let types: [TypeRow] = [
        ("ExternalClientApplication", viewer, developer, label),
        ("ExtlClntAppGlobalOauthSettings", admin, developer, part),
        ("ExtlClntAppOauthSettings", admin, developer, part),
        ("ExtlClntAppMobileSettings", admin, developer, part + [("isScreenLockEnabled", "true")]),
        ("ExtlClntAppPushSettings", admin, developer, part + [("pushServiceType", "Apple")]),
        ("ExtlClntAppNotificationSettings", admin, developer, part),
        (
            "ExtlClntAppCanvasSettings", admin, developer,
            [("accessMethod", "Get"), ("canvasUrl", "https://a.example")] + part
        ),
        ("ExtlClntAppOauthSecuritySettings", admin, developer, part),
        ("ExtlClntAppOauthConfigurablePolicies", admin, admin, part),
        ("ExtlClntAppConfigurablePolicies", admin, admin, part + [("isEnabled", "true")]),
        (
            "ExtlClntAppSamlConfigurablePolicies", admin, admin,
            [("acsUrl", "https://a.example"), ("entityUrl", "https://a.example")] + part
                + [("subjectType", "Username")]
        ),
        ("ExtlClntAppMobileConfigurablePolicies", admin, admin, part),
        ("ExtlClntAppPushConfigurablePolicies", admin, admin, part + [("isFullContent", "true")]),
        ("ConnectedApp", connectedApps, connectedApps, label),
        ("OauthCustomScope", [[.manageRemoteAccess]], [[.manageRemoteAccess]], scope),
        ("OauthTokenExchangeHandler", [[.viewSetup]], [[.customizeApplication]], handler),
        ("ExternalClientAppSettings", [[.viewSetup]], [[.customizeApplication]], []),
        ("ConnectedAppSettings", [[.viewSetup]], [[.customizeApplication]], []),
        ("OauthOidcSettings", [[.viewSetup]], [[.customizeApplication]], []),
        ("Profile", [[.viewSetup]], [[.manageProfilesPermissionSets]], [("custom", "true")]),
        ("PermissionSet", [[.viewSetup]], [[.manageProfilesPermissionSets]], [("label", "x")]),
    ]

    private static func cells(of type: TypeRow) -> [MatrixCell] {
        let (read, write) = (both(type.read, metadataAPI), both(type.write, metadataAPI))
        let typed = "<met:type>\(type.name)</met:type>"
        let named = typed + "<met:fullNames>Nothing</met:fullNames>"
        let renamed = typed + "<met:oldFullName>Nothing</met:oldFullName><met:newFullName>Less</met:newFullName>"
        let written = given(type)
        let calls: [(operation: String, needs: [Set<Permission>], isThorough: Bool, content: String)] = [
            ("listMetadata", read, true, "<met:queries>\(typed)</met:queries>"), ("readMetadata", read, false, named),
            ("deleteMetadata", write, true, named), ("renameMetadata", write, false, renamed),
            ("createMetadata", write, false, written), ("updateMetadata", write, false, written),
            ("upsertMetadata", write, false, written),
        ]
        var cells: [MatrixCell] = calls.map { call in
            MatrixCell(name: "\(call.operation) \(type.name)", needs: call.needs, isThorough: call.isThorough) {
                _,
                soap in
                try await isAllowed(soap, call.operation, call.content)
            }
        }
        cells.append(
            MatrixCell(name: "retrieve \(type.name)", needs: read, isThorough: false) { _, soap in
                try await isRetrieved(soap, type.name)
            }
        )
        return cells
    }

    /// A component that could be kept, and one that cannot and takes it back, so that the next who asks finds what this one found.
    private static func given(_ type: TypeRow) -> String {
        let elements = type.elements.map { "<met:\($0.0)>\($0.1)</met:\($0.0)>" }.joined()
        return ["", "<met:nonsense>x</met:nonsense>"].map {
            "<met:metadata xsi:type=\"met:\(type.name)\"><met:fullName>Nothing</met:fullName>\(elements)\($0)</met:metadata>"
        }.joined()
    }

    private static let allOrNone = "<met:AllOrNoneHeader><met:allOrNone>true</met:allOrNone></met:AllOrNoneHeader>"

    private static func isAllowed(_ soap: SOAPCaller, _ operation: String, _ content: String) async throws -> Bool {
        let answer = try await soap.call(operation, content, version: "68.0", header: allOrNone)
        // What has no other name is told by a fault, to who may change it.
        let faults = [nil, "sf:INSUFFICIENT_ACCESS", operation == "renameMetadata" ? "sf:INVALID_OPERATION" : nil]
        #expect(faults.contains(answer.faultCode), "\(operation): \(answer.text)")
        return answer.faultCode != "sf:INSUFFICIENT_ACCESS" && answer.value("statusCode") != "INSUFFICIENT_ACCESS"
    }

    /// Whether what is asked for by a manifest is in the archive, or is refused in a message.
    private static func isRetrieved(_ soap: SOAPCaller, _ type: String) async throws -> Bool {
        let name = type.hasSuffix("Settings") && !type.hasPrefix("Extl") ? "Settings" : type
        let types = "<met:types><met:members>*</met:members><met:name>\(name)</met:name></met:types>"
        let begun = try await soap.call(
            "retrieve",
            "<met:retrieveRequest><met:apiVersion>68.0</met:apiVersion><met:unpackaged>\(types)</met:unpackaged></met:retrieveRequest>",
            version: "68.0"
        )
        guard begun.faultCode != "sf:INSUFFICIENT_ACCESS" else { return false }
        let answer = try await soap.call(
            "checkRetrieveStatus",
            "<met:asyncProcessId>\(try #require(begun.value("id")))</met:asyncProcessId><met:includeZip>true</met:includeZip>",
            version: "68.0"
        )
        #expect(answer.value("status") == "Succeeded", "\(answer.text)")
        return answer.value("problem")?.hasPrefix("INSUFFICIENT_ACCESS") != true
    }
}
