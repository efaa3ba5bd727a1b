/// The rights that profiles and permission sets grant, by their API names (facts: app-model 4.1).
public enum Permission: String, Hashable, Sendable, CaseIterable {
    case apiEnabled = "ApiEnabled"
    case apiUserOnly = "ApiUserOnly"
    case canApproveUninstalledApps = "CanApproveUninstalledApps"
    case clientSecretRotation = "ClientSecretRotation"
    case customizeApplication = "CustomizeApplication"
    case externalClientAppAdmin = "ExternalClientAppAdmin"
    case externalClientAppDeveloper = "ExternalClientAppDeveloper"
    case externalClientAppViewer = "ExternalClientAppViewer"
    case installPackaging = "InstallPackaging"
    case manageProfilesPermissionsets = "ManageProfilesPermissionsets"
    case manageRemoteAccess = "ManageRemoteAccess"
    case manageUsers = "ManageUsers"
    case modifyAllData = "ModifyAllData"
    case modifyMetadata = "ModifyMetadata"
    case useAnyApiClient = "UseAnyApiClient"
    case viewClientSecret = "ViewClientSecret"
    case viewSetup = "ViewSetup"

    /// The rights that this one brings with it, directly.
    var implied: [Permission] {
        switch self {
        case .externalClientAppDeveloper: [.externalClientAppAdmin]
        case .externalClientAppAdmin: [.externalClientAppViewer]
        case .installPackaging: [.modifyAllData, .customizeApplication, .manageUsers]
        default: []
        }
    }
}

extension Set<Permission> {
    /// These rights with all that they bring with them: Developer brings Admin, Admin brings Viewer.
    public var closure: Set<Permission> {
        var all = self
        var open = Array(self)
        while let next = open.popLast() {
            for implied in next.implied where all.insert(implied).inserted { open.append(implied) }
        }
        return all
    }
}
