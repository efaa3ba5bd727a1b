/// A named right that a profile or a permission set grants.
///
/// The raw value is the name in metadata; the original documents no API name for the right to see consumer secrets in
/// metadata, so `ViewEcaSecretsInMetadata` is ours.
public enum Permission: String, Hashable, Sendable, CaseIterable {
    case externalClientAppDeveloper = "ExternalClientAppDeveloper"
    case externalClientAppAdmin = "ExternalClientAppAdmin"
    case externalClientAppViewer = "ExternalClientAppViewer"
    case viewClientSecret = "ViewClientSecret"
    case viewSecretsInMetadata = "ViewEcaSecretsInMetadata"
    case clientSecretRotation = "ClientSecretRotation"
    case manageRemoteAccess = "ManageRemoteAccess"
    case canApproveUninstalledApps = "CanApproveUninstalledApps"
    case useAnyAPIClient = "UseAnyApiClient"
    case customizeApplication = "CustomizeApplication"
    case modifyAllData = "ModifyAllData"
    case manageProfilesPermissionSets = "ManageProfilesPermissionsets"
    case installPackaging = "InstallPackaging"
    case modifyMetadata = "ModifyMetadata"
    case viewSetup = "ViewSetup"
    case manageUsers = "ManageUsers"
    case editHTMLTemplates = "EditHtmlTemplates"
    case editBrandTemplates = "EditBrandTemplates"
    case apiEnabled = "ApiEnabled"
    case apiUserOnly = "ApiUserOnly"

    /// The rights that this one brings with it at once; theirs follow by `closure(of:)`.
    public var implied: Set<Permission> {
        switch self {
        case .externalClientAppDeveloper: [.externalClientAppAdmin]
        case .externalClientAppAdmin: [.externalClientAppViewer]
        case .installPackaging:
            [.editHTMLTemplates, .modifyAllData, .customizeApplication, .manageUsers, .editBrandTemplates]
        default: []
        }
    }

    /// The label in Setup.
    public var label: String {
        switch self {
        case .externalClientAppDeveloper: "Create, edit, and delete External Client Apps"
        case .externalClientAppAdmin: "View all External Client Apps, view their settings, and edit their policies"
        case .externalClientAppViewer: "View all External Client Apps"
        case .viewClientSecret: "View Client Secret"
        case .viewSecretsInMetadata: "View External Client Apps Consumer Secrets in Metadata"
        case .clientSecretRotation: "Allow consumer key and secret rotation"
        case .manageRemoteAccess: "Manage Connected Apps"
        case .canApproveUninstalledApps: "Approve Uninstalled Connected Apps"
        case .useAnyAPIClient: "Use Any API Client"
        case .customizeApplication: "Customize Application"
        case .modifyAllData: "Modify All Data"
        case .manageProfilesPermissionSets: "Manage Profiles and Permission Sets"
        case .installPackaging: "Download AppExchange Packages"
        case .modifyMetadata: "Modify Metadata Through Metadata API Functions"
        case .viewSetup: "View Setup and Configuration"
        case .manageUsers: "Manage Users"
        case .editHTMLTemplates: "Edit HTML Templates"
        case .editBrandTemplates: "Manage Letterheads"
        case .apiEnabled: "API Enabled"
        case .apiUserOnly: "API Only User"
        }
    }

    /// The label in Setup and the name in metadata, such as `Manage Users (ManageUsers)`: how refusals and warnings name it, so that both who
    /// reads Setup and who writes commands or metadata know which it is.
    public var fullLabel: String { "\(label) (\(rawValue))" }

    /// Some rights with all that they bring with them, at any distance.
    public static func closure(of granted: some Sequence<Permission>) -> Set<Permission> {
        var reached: Set<Permission> = []
        var open = Array(granted)
        while let permission = open.popLast() {
            if reached.insert(permission).inserted { open.append(contentsOf: permission.implied) }
        }
        return reached
    }

    /// All that a profile and permission sets grant together, with what is implied.
    public static func granted(by profile: Profile, _ permissionSets: some Sequence<PermissionSet>) -> Set<Permission> {
        closure(of: permissionSets.reduce(into: profile.permissions) { $0.formUnion($1.permissions) })
    }
}
