import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The rules of documents that belong to the org itself as far as they concern what else is there; ``OrgRules`` and ``TakenScopes`` have
/// the others (facts: app-model 1.10).
enum OrgDocumentRules {
    /// Requires that a custom scope is assigned to connected apps of the org. One that it was assigned to before may be gone since: what was
    /// retrieved is deployed again.
    ///
    /// - Throws: `MetadataError`, or what the database throws.
    static func checkAssignments(
        of scope: OAuthCustomScope,
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws {
        let wanted = scope.assignedTo.map(\.trimmed).filter { !$0.isEmpty }
        guard !wanted.isEmpty else { return }
        var known: [String] = []
        if let before = try OrgDocuments.find(.customScope, named: name, org: org, on: connection),
            case .customScope(let scope) = before.component.content
        {
            known = scope.assignedTo.map(\.trimmed)
        }
        for app in wanted where !known.contains(app) {
            let found = try AppRecords.find(developerName: app, org: org, on: connection)
            guard found?.kind != .connectedApp else { continue }
            throw error(
                "assignedTo",
                .invalidCrossReferenceKey,
                found == nil ? "No connected app is named '\(app)'." : "'\(app)' is no connected app.",
                found == nil
                    ? "Deploy the app first, or correct the name."
                    : "An external client app takes custom scopes by commaSeparatedCustomScopes of its policies or settings."
            )
        }
    }

    /// Requires that a token exchange handler names apps of the org. One that it named before may be gone since: what was retrieved is
    /// deployed again.
    ///
    /// - Throws: `MetadataError`, or what the database throws.
    static func check(
        _ handler: OAuthTokenExchangeHandler,
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws {
        var known: [String] = []
        if let before = try OrgDocuments.find(.tokenExchangeHandler, named: name, org: org, on: connection),
            case .tokenExchangeHandler(let handler) = before.component.content
        {
            known = handler.enablements.flatMap { [$0.connectedApp, $0.externalClientApp] }.compactMap(\.?.trimmed)
        }
        for enablement in handler.enablements {
            let apps = [("connectedApp", enablement.connectedApp), ("externalClientApp", enablement.externalClientApp)]
            for case (let element, let app?) in apps where !app.trimmed.isEmpty && !known.contains(app.trimmed) {
                guard try AppRecords.find(developerName: app.trimmed, org: org, on: connection) != nil else {
                    throw error(
                        element,
                        .invalidCrossReferenceKey,
                        "No app is named '\(app.trimmed)'.",
                        "Deploy the app first, or correct the name."
                    )
                }
            }
        }
    }

    private static func error(
        _ element: String,
        _ code: StatusCode,
        _ problem: String,
        _ remedy: String
    ) -> MetadataError {
        MetadataError(element: element, code: code, problem: problem, remedy: remedy)
    }
}
