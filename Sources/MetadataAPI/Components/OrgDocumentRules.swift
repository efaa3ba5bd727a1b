import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The rules of documents that belong to the org itself (facts: app-model 1.10).
enum OrgDocumentRules {
    /// Requires that a custom scope can be told from every other scope, and be shown.
    ///
    /// - Throws: `MetadataError`.
    static func check(
        _ scope: OAuthCustomScope,
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws {
        try checkNames(scope.developerName, scope.masterLabel, named: name)
        if scope.description.count > 60 {
            throw error("description", "STRING_TOO_LONG", "It is longer than 60 characters.", "Shorten it.")
        }
        if let wire = Scope(scope.developerName), OAuthScopeName.scopes.contains(wire) {
            throw error(
                "developerName",
                "DUPLICATE_VALUE",
                "'\(name)' is the name of a standard scope.",
                "Choose another."
            )
        }
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
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws {
        try checkNames(handler.developerName, handler.masterLabel, named: name)
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

    private static func checkNames(_ developerName: String, _ label: String, named name: String) throws(MetadataError) {
        guard AppRules.isDeveloperName(name) else {
            throw error(
                "fullName",
                "INVALID_DEVELOPER_NAME",
                "'\(name)' is not a developer name.",
                "Use letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        guard developerName == name else {
            throw error(
                "developerName",
                "INVALID_DEVELOPER_NAME",
                "It differs from the name of the document, '\(name)'.",
                "Make both the same."
            )
        }
        guard PlainText.isPlain(label, allowsLines: false) else {
            throw error(
                "masterLabel",
                "INVALID_CHARACTER",
                "It has a character that is not seen and changes how the rest is read.",
                "Remove control characters and the marks of text direction, such as U+202E."
            )
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
