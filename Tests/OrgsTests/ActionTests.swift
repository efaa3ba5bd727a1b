import Orgs
import Testing

@Suite("Action matrix")
struct ActionTests {
    /// One row of the matrix: sets of permissions that suffice, and sets that lack one.
    struct Row: CustomTestStringConvertible, Sendable {
        let action: Action
        let enough: [Set<Permission>]
        let tooLittle: [Set<Permission>]
        var testDescription: String { action.rawValue }
    }

    static let rows = [
        Row(
            action: .viewExternalClientApps,
            enough: [[.externalClientAppViewer], [.externalClientAppAdmin], [.externalClientAppDeveloper]],
            tooLittle: [[], [.viewSetup, .modifyAllData]]
        ),
        Row(
            action: .developExternalClientApp,
            enough: [[.externalClientAppDeveloper]],
            tooLittle: [[.externalClientAppAdmin], [.modifyAllData, .customizeApplication]]
        ),
        Row(
            action: .administerExternalClientApp,
            enough: [[.externalClientAppAdmin], [.externalClientAppDeveloper]],
            tooLittle: [[.externalClientAppViewer]]
        ),
        Row(
            action: .manageExternalClientAppUsage,
            enough: [[.externalClientAppAdmin]],
            tooLittle: [[.externalClientAppViewer], [.manageUsers]]
        ),
        Row(
            action: .manageCredentials,
            enough: [[.externalClientAppDeveloper, .viewClientSecret]],
            tooLittle: [
                [.externalClientAppDeveloper], [.viewClientSecret], [.externalClientAppAdmin, .viewClientSecret],
            ]
        ),
        Row(
            action: .accessSecretsInMetadata,
            enough: [[.viewSecretsInMetadata]],
            tooLittle: [[.externalClientAppDeveloper, .viewClientSecret]]
        ),
        Row(
            action: .useMetadataAPI,
            enough: [[.modifyMetadata], [.modifyAllData]],
            tooLittle: [[.customizeApplication]]
        ),
        Row(
            action: .developConnectedApp,
            enough: [[.customizeApplication, .modifyAllData], [.customizeApplication, .manageRemoteAccess]],
            tooLittle: [[.customizeApplication], [.modifyAllData, .manageRemoteAccess]]
        ),
        Row(
            action: .assignConnectedApp,
            enough: [[.customizeApplication, .modifyAllData, .manageProfilesPermissionSets]],
            tooLittle: [
                [.customizeApplication, .modifyAllData], [.modifyAllData, .manageProfilesPermissionSets],
                [.customizeApplication, .manageProfilesPermissionSets, .manageRemoteAccess],
            ]
        ),
        Row(
            action: .rotateConnectedApp,
            enough: [[.clientSecretRotation]],
            tooLittle: [[.externalClientAppDeveloper, .viewClientSecret], [.manageRemoteAccess]]
        ),
        Row(
            action: .installConnectedApp,
            enough: [[.installPackaging]],
            tooLittle: [[.customizeApplication, .manageRemoteAccess], [.customizeApplication, .modifyAllData]]
        ),
        Row(
            action: .installExternalClientApp,
            enough: [[.installPackaging]],
            tooLittle: [[.customizeApplication, .externalClientAppDeveloper]]
        ),
        Row(
            action: .viewConnectedAppUsage,
            enough: [[.viewSetup, .manageUsers]],
            tooLittle: [[.viewSetup], [.manageUsers]]
        ),
        Row(
            action: .authorizeUninstalledConnectedApp,
            enough: [[.canApproveUninstalledApps]],
            tooLittle: [[.useAnyAPIClient], [.manageRemoteAccess]]
        ),
        Row(action: .manageCustomScopes, enough: [[.manageRemoteAccess]], tooLittle: [[.customizeApplication]]),
        Row(action: .bypassAPIAccessControl, enough: [[.useAnyAPIClient]], tooLittle: [[.canApproveUninstalledApps]]),
        Row(action: .manageAccess, enough: [[.manageProfilesPermissionSets]], tooLittle: [[.manageUsers]]),
        Row(action: .manageUsers, enough: [[.manageUsers]], tooLittle: [[.viewSetup]]),
        Row(action: .viewSettings, enough: [[.viewSetup]], tooLittle: [[.manageUsers]]),
        Row(action: .changeSettings, enough: [[.customizeApplication]], tooLittle: [[.viewSetup]]),
    ]

    @Test("app-model 4.2: each action needs what the matrix says, and less is refused by name", arguments: rows)
    func matrix(_ row: Row) throws {
        for permissions in row.enough { try row.action.require(Permission.closure(of: permissions)) }
        for permissions in row.tooLittle {
            let refusal = #expect(throws: MissingPermission.self) {
                try row.action.require(Permission.closure(of: permissions))
            }
            #expect(refusal?.description.contains("permission") == true)
        }
    }

    @Test("app-model 4.2: every action has its row")
    func complete() {
        #expect(Self.rows.map(\.action) == Action.allCases)
    }

    @Test("app-model 12: a refusal names what is missing, and only that")
    func names() {
        let refusal = #expect(throws: MissingPermission.self) {
            try Action.developConnectedApp.require([.customizeApplication])
        }
        #expect(
            refusal?.missing.description
                == "Modify All Data (ModifyAllData) or Manage Connected Apps (ManageRemoteAccess)"
        )
        #expect(
            Action.installConnectedApp.requirement.description
                == "Download AppExchange Packages (InstallPackaging) and Customize Application (CustomizeApplication) and (Modify All Data (ModifyAllData) or Manage Connected Apps (ManageRemoteAccess))"
        )
    }

    @Test("app-model 5: an edition without a feature is refused by name, with those that have it")
    func editions() throws {
        for edition in [Edition.professional, .enterprise, .performance, .unlimited, .developer] {
            try EditionFeature.externalClientApps.require(edition)
        }
        for edition in [Edition.group, .essentials, .database] {
            let refusal = #expect(throws: NotInEdition.self) { try EditionFeature.externalClientApps.require(edition) }
            #expect(refusal?.description.contains("\(edition.rawValue) Edition") == true)
        }
        try EditionFeature.externalClientAppJWT.require(.group)
        #expect(throws: NotInEdition.self) { try EditionFeature.externalClientAppJWT.require(.database) }
        #expect(throws: NotInEdition.self) { try EditionFeature.adminApprovedConnectedApps.require(.group) }
        try EditionFeature.connectedAppJWT.require(.database)
        #expect(throws: NotInEdition.self) { try EditionFeature.headlessIdentity.require(.professional) }
    }
}
