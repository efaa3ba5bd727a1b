import ClientApps
import Orgs
import Storage

/// What API access control of the org does to a connected app that no admin approved, as a simulation tells it.
enum APIAccessForecast {
    /// Whether a user is let in by API access control, as the gate of the token endpoint would decide.
    static func isAllowed(_ account: AccountRecord, _ app: EffectiveApp) -> Bool {
        !app.isKeptByAPIAccessControl
            || Action.bypassAPIAccessControl.requirement.missing(from: account.permissions) == nil
    }

    /// - Parameter subject: whom it is said of, at the beginning of the sentence.
    static func reason(of subject: String) -> String {
        "\(subject) would be refused by API access control (enableAdminApprovedAppsOnly): the app would not be admin approved, and the user has not \(Permission.useAnyAPIClient.fullLabel)."
    }
}
