import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The rules of documents that belong to the org itself as far as they concern what else is there; ``OrgRules`` has the others
/// (facts: app-model 1.10).
enum OrgDocumentRules {
    /// Requires that a custom scope can be told from every other one.
    ///
    /// - Throws: `MetadataError`.
    static func check(
        _ scope: OAuthCustomScope,
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws {
        for other in try OrgDocuments.all(.customScope, org: org, on: connection) {
            guard case .customScope(let taken) = other.component.content,
                AppComponents.comparable(name: other.component.fullName) != AppComponents.comparable(name: name)
            else { continue }
            if taken.masterLabel == scope.masterLabel {
                throw duplicate("masterLabel", other.component.fullName)
            }
            if taken.description == scope.description {
                throw duplicate("description", other.component.fullName)
            }
        }
    }

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

    private static func duplicate(_ element: String, _ other: String) -> MetadataError {
        error(element, "DUPLICATE_VALUE", "duplicate value found: '\(other)' has the same.", "Choose another.")
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
