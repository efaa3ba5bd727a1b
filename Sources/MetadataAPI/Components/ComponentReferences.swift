import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What is named by others: an app by documents of its org, a custom scope by apps.
extension ComponentWriter {
    /// Gives an app its new name in the documents of the org that name it: the custom scopes that are assigned to it, and token exchange
    /// handlers.
    func renameApp(_ old: String, to new: String, inDocumentsOn connection: any Connection) throws {
        for type in [MetadataType.customScope, .tokenExchangeHandler] {
            for document in try OrgDocuments.all(type, org: org.id, on: connection) {
                let content = document.component.content.naming(new, insteadOf: old)
                guard content != document.component.content else { continue }
                try OrgDocuments.save(
                    MetadataComponent(fullName: document.component.fullName, content: content),
                    id: document.id,
                    org: org.id,
                    by: caller.actor,
                    now: caller.now,
                    on: connection
                )
            }
        }
    }

    /// Requires that no app has a custom scope: its clients ask for it by its name, and would be refused.
    ///
    /// - Throws: `MetadataError`; nothing for a document of another type.
    func requireUnused(
        _ document: OrgDocument,
        beside apps: inout NamingApps,
        on connection: any Connection
    ) throws {
        guard case .customScope(let scope) = document.component.content else { return }
        let name = scope.developerName
        if let app = try apps.naming(customScope: name, on: connection).first {
            throw MetadataError(
                code: .dependencyExists,
                problem: "The app '\(app.components.developerName)' has the custom scope '\(name)'.",
                remedy: "Take it out of commaSeparatedCustomScopes of its policies first, or of its settings."
            )
        }
        for app in scope.assignedTo {
            let found = try AppRecords.find(developerName: app.trimmed, org: org.id, on: connection)
            guard let found, found.kind == .connectedApp else { continue }
            throw MetadataError(
                code: .dependencyExists,
                problem: "The custom scope '\(name)' is assigned to the app '\(found.components.developerName)'.",
                remedy: "Deploy it without assignedTo first."
            )
        }
    }
}

extension MetadataContent {
    /// A document of an org that names an app by its new name; each app once, as its rules want it.
    fileprivate func naming(_ new: String, insteadOf old: String) -> MetadataContent {
        var known: Set<String> = []
        func isFirst(_ app: String?) -> Bool {
            app.map { known.insert(AppComponents.comparable(name: $0.trimmed)).inserted } ?? true
        }
        func renamed(_ app: String) -> String {
            AppComponents.comparable(name: app.trimmed) == AppComponents.comparable(name: old) ? new : app
        }
        switch self {
        case .customScope(var scope):
            scope.assignedTo = scope.assignedTo.map(renamed).filter(isFirst)
            return .customScope(scope)
        case .tokenExchangeHandler(var handler):
            handler.enablements = handler.enablements.map { enablement in
                var enablement = enablement
                enablement.connectedApp = enablement.connectedApp.map(renamed)
                enablement.externalClientApp = enablement.externalClientApp.map(renamed)
                return enablement
            }.filter { isFirst($0.connectedApp ?? $0.externalClientApp) }
            return .tokenExchangeHandler(handler)
        default: return self
        }
    }
}
