import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The rules of documents that belong to the org itself as far as they concern what else is there; ``OrgRules`` and ``TakenScopes`` have
/// the others (facts: app-model 1.10).
enum OrgDocumentRules {
    /// Requires that a token exchange handler names apps of the org.
    ///
    /// - Throws: `MetadataError`.
    static func check(
        _ handler: OAuthTokenExchangeHandler,
        org: OrgID,
        on connection: any Connection
    ) throws {
        for enablement in handler.enablements {
            let apps = [("connectedApp", enablement.connectedApp), ("externalClientApp", enablement.externalClientApp)]
            for case (let element, let app?) in apps where !app.trimmed.isEmpty {
                guard try AppRecords.find(developerName: app.trimmed, org: org, on: connection) != nil else {
                    throw error(
                        element,
                        "INVALID_CROSS_REFERENCE_KEY",
                        "No app is named '\(app.trimmed)'.",
                        "Deploy the app first, or correct the name."
                    )
                }
            }
        }
    }

    private static func error(
        _ element: String,
        _ code: String,
        _ problem: String,
        _ remedy: String
    ) -> MetadataError {
        MetadataError(element: element, code: code, problem: problem, remedy: remedy)
    }
}
