import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Every cell of the action matrix at the doors where users come in: each permission alone, all but each, none and all, against what each
/// call needs. The table is that of the facts (app-model 4.2), written as the sets of permissions of which one suffices.
@Suite("Action matrix: REST and SOAP")
struct ActionMatrixTests {
    /// What may be asked for, and the sets of permissions of which one must be granted.
    private struct Cell {
        let name: String
        let needs: [Set<Permission>]
        let ask: @Sendable (RESTCaller, SOAPCaller) async throws -> Bool
    }

    private static let developer: [Set<Permission>] = [[.externalClientAppDeveloper]]
    private static let admin: [Set<Permission>] = [[.externalClientAppAdmin]]
    private static let viewer: [Set<Permission>] = [[.externalClientAppViewer]]
    private static let connectedApps: [Set<Permission>] = [
        [.customizeApplication, .modifyAllData], [.customizeApplication, .manageRemoteAccess],
    ]
    private static let metadataAPI: [Set<Permission>] = [[.modifyMetadata], [.modifyAllData]]

    /// Who may read documents of a type, and who may change them.
    private static let types: [(name: String, read: [Set<Permission>], write: [Set<Permission>])] = [
        ("ExternalClientApplication", viewer, developer), ("ExtlClntAppGlobalOauthSettings", admin, developer),
        ("ExtlClntAppOauthSettings", admin, developer), ("ExtlClntAppMobileSettings", admin, developer),
        ("ExtlClntAppPushSettings", admin, developer), ("ExtlClntAppNotificationSettings", admin, developer),
        ("ExtlClntAppCanvasSettings", admin, developer), ("ExtlClntAppOauthSecuritySettings", admin, developer),
        ("ExtlClntAppOauthConfigurablePolicies", admin, admin),
        ("ExtlClntAppConfigurablePolicies", admin, admin), ("ExtlClntAppSamlConfigurablePolicies", admin, admin),
        ("ExtlClntAppMobileConfigurablePolicies", admin, admin),
        ("ExtlClntAppPushConfigurablePolicies", admin, admin),
        ("ConnectedApp", connectedApps, connectedApps),
        ("OauthCustomScope", [[.manageRemoteAccess]], [[.manageRemoteAccess]]),
        ("OauthTokenExchangeHandler", [[.viewSetup]], [[.customizeApplication]]),
        ("ExternalClientAppSettings", [[.viewSetup]], [[.customizeApplication]]),
        ("ConnectedAppSettings", [[.viewSetup]], [[.customizeApplication]]),
        ("OauthOidcSettings", [[.viewSetup]], [[.customizeApplication]]),
        ("Profile", [[.viewSetup]], [[.manageProfilesPermissionSets]]),
        ("PermissionSet", [[.viewSetup]], [[.manageProfilesPermissionSets]]),
    ]

    private static var cells: [Cell] {
        var cells = [
            Cell(name: "GET usage", needs: admin) { rest, _ in try await isAllowed(rest, .get, "usage") },
            Cell(name: "GET credentials", needs: [[.externalClientAppDeveloper, .viewClientSecret]]) { rest, _ in
                try await isAllowed(rest, .get, rest.credentials)
            },
            Cell(name: "POST deployRequest", needs: metadataAPI) { rest, _ in
                let answer = try await rest.client.send(
                    .post,
                    "/services/data/v68.0/metadata/deployRequest",
                    headers: [.authorization: "Bearer \(rest.token)", .contentType: "application/json"],
                    body: #"{"validatedDeployRequestId":"0Af000000000001AAA"}"#
                )
                return answer.restCode != "INSUFFICIENT_ACCESS"
            },
            Cell(name: "describeMetadata", needs: metadataAPI) { _, soap in
                try await isAllowed(soap, "describeMetadata", "")
            },
        ]
        for type in types {
            let (read, write) = (both(type.read, metadataAPI), both(type.write, metadataAPI))
            let named = "<met:type>\(type.name)</met:type><met:fullNames>Nothing</met:fullNames>"
            cells.append(
                Cell(name: "listMetadata \(type.name)", needs: read) { _, soap in
                    try await isAllowed(
                        soap,
                        "listMetadata",
                        "<met:queries><met:type>\(type.name)</met:type></met:queries>"
                    )
                }
            )
            cells.append(
                Cell(name: "deleteMetadata \(type.name)", needs: write) { _, soap in
                    try await isAllowed(soap, "deleteMetadata", named)
                }
            )
        }
        return cells
    }

    /// What is needed where two things are.
    private static func both(_ left: [Set<Permission>], _ right: [Set<Permission>]) -> [Set<Permission>] {
        left.flatMap { one in right.map { one.union($0) } }
    }

    /// The permissions that come with others (app-model 4.1).
    private static func withImplied(_ permissions: Set<Permission>) -> Set<Permission> {
        var all = permissions
        if all.contains(.externalClientAppDeveloper) { all.insert(.externalClientAppAdmin) }
        if all.contains(.externalClientAppAdmin) { all.insert(.externalClientAppViewer) }
        if all.contains(.installPackaging) {
            all.formUnion([
                .modifyAllData, .customizeApplication, .manageUsers, .editHTMLTemplates, .editBrandTemplates,
            ])
        }
        return all
    }

    private static func isAllowed(_ rest: RESTCaller, _ method: HTTPRequest.Method, _ path: String) async throws -> Bool
    {
        try await rest.send(method, path).restCode != "INSUFFICIENT_ACCESS"
    }

    private static func isAllowed(_ soap: SOAPCaller, _ operation: String, _ content: String) async throws -> Bool {
        let answer = try await soap.call(operation, content, version: "68.0")
        let isFault = answer.faultCode != nil
        #expect(!isFault || answer.faultCode == "sf:INSUFFICIENT_ACCESS", "\(operation): \(answer.text)")
        return !isFault && answer.value("statusCode") != "INSUFFICIENT_ACCESS"
    }

    /// Each permission beside the one that the Metadata API needs, all but each, and what takes two.
    private static var grants: [Set<Permission>] {
        let all = Set(Permission.allCases).subtracting([.apiUserOnly])
        return [[], all] + Permission.allCases.map { [$0, .modifyMetadata] } + all.map { all.subtracting([$0]) }
            + connectedApps.map { $0.union([.modifyMetadata]) }
            + [[.modifyAllData], [.externalClientAppDeveloper, .viewClientSecret]]
    }

    @Test(
        "app-model 4.2: each call of REST and SOAP is open to who has what the matrix says, and closed to everybody else"
    )
    func matrix() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let rest = try await RESTCaller(
                server,
                client,
                isOwnApp: true,
                app: AppMother().global("isNamedUserJwtEnabled", "false")
            )
            let soap = SOAPCaller(server: server, client: client, token: rest.token)
            let (org, profile) = (server.org.id, server.integration.profile)
            let cells = Self.cells
            for granted in Self.grants {
                try await server.change { connection in
                    try Profiles.update(
                        Profile(id: profile, org: org, name: Profile.standardUser, permissions: granted),
                        by: .server,
                        now: TestServer.start,
                        on: connection
                    )
                }
                let held = Self.withImplied(granted)
                for cell in cells {
                    let isDue = cell.needs.contains { $0.isSubset(of: held) }
                    let isAllowed = try await cell.ask(rest, soap)
                    let names = granted.map(\.rawValue).sorted().joined(separator: " ")
                    #expect(isAllowed == isDue, "\(cell.name) with \(names)")
                }
            }
        }
    }
}
