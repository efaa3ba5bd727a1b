import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Every cell of the action matrix at the doors where users come in: each permission alone, all but each, none and all, against what each
/// call needs.
@Suite("Action matrix: REST and SOAP")
struct ActionMatrixTests {
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

    private static let all = Set(Permission.allCases).subtracting([.apiUserOnly])

    /// None and all, each permission beside the one that the Metadata API needs, all but each, and what suffices for something.
    private static func grants(_ cells: [MatrixCell]) -> Set<Set<Permission>> {
        var grants: Set<Set<Permission>> = [[], all]
        for permission in Permission.allCases {
            grants.insert([permission, .modifyMetadata])
            grants.insert(all.subtracting([permission]))
        }
        return grants.union(cells.flatMap(\.needs))
    }

    @Test(
        "app-model 4.2: each call of REST and SOAP is open to who has what the matrix says, and closed to everybody else",
        arguments: [("REST", MatrixCell.rest), ("SOAP", MatrixCell.soap)]
    )
    func matrix(door: String, cells: [MatrixCell]) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let rest = try await RESTCaller(
                server,
                client,
                isOwnApp: true,
                app: AppMother().global("isNamedUserJwtEnabled", "false")
            )
            // A token of somebody else, for who may see it.
            _ = try await client.codeTokens()
            let soap = SOAPCaller(server: server, client: client, token: rest.token)
            let (org, profile) = (server.org.id, server.integration.profile)
            for granted in Self.grants(cells) {
                try await server.change { connection in
                    try Profiles.update(
                        Profile(id: profile, org: org, name: Profile.standardUser, permissions: granted),
                        by: .server,
                        now: TestServer.start,
                        on: connection
                    )
                }
                let held = Self.withImplied(granted)
                for cell in cells where cell.isAsked(with: granted, of: Self.all) {
                    let isDue = cell.needs.contains { $0.isSubset(of: held) }
                    let isAllowed = try await cell.ask(rest, soap)
                    let names = granted.map(\.rawValue).sorted().joined(separator: " ")
                    #expect(isAllowed == isDue, "\(cell.name) with \(names)")
                }
            }
        }
    }
}
