import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What is renamed.
extension ComponentWriter {
    /// Gives a component another full name; an app takes its documents along.
    ///
    /// - Throws: `MetadataError`, ``MetadataFault``.
    func rename(
        _ type: MetadataType,
        from old: String,
        to new: String,
        on connection: any Connection
    ) throws {
        try caller.require(type.writeAction)
        guard AppRules.isDeveloperName(new) else {
            throw MetadataError(
                element: "fullName",
                code: .invalidDeveloperName,
                problem: "'\(new)' is not a developer name.",
                remedy:
                    "Use up to 80 letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        switch type {
        case .externalClientApplication, .connectedApp: try renameApp(type, old, new, on: connection)
        case .customScope, .tokenExchangeHandler: try renameDocument(type, old, new, on: connection)
        default:
            guard type.isSatellite else {
                throw MetadataFault(
                    .invalidOperation,
                    "A \(type.rawValue) cannot be renamed: others refer to it by its name."
                )
            }
            try renamePart(type, old, new, on: connection)
        }
    }

    private func renameApp(
        _ type: MetadataType,
        _ old: String,
        _ new: String,
        on connection: any Connection
    ) throws {
        guard let app = try AppRecords.find(developerName: old, org: org.id, on: connection),
            app.kind.metadataType == type
        else { throw missing(type, old) }
        let other = try AppRecords.find(developerName: new, org: org.id, on: connection)
        guard other == nil || other?.id == app.id else { throw taken(new) }
        try CreationRules.requireOwn(type, of: app)
        guard try PackageRecords.made(of: app.id, on: connection).isEmpty else {
            throw MetadataError(
                code: .cannotModifyManagedObject,
                problem: "Packages were made of '\(old)', and its name is the one under which other orgs have it.",
                remedy: "Keep the name and change the label."
            )
        }
        let receipt = try noteRename(type, old, new, on: connection)
        try AppRecords.rename(app.id, to: new, noted: receipt, on: connection)
        try AppRecords.save(
            app.components.renamed(to: new),
            over: app,
            by: caller.actor,
            now: caller.now,
            on: connection
        )
        try renameApp(old, to: new, inDocumentsOn: connection)
    }

    private func renamePart(
        _ type: MetadataType,
        _ old: String,
        _ new: String,
        on connection: any Connection
    ) throws {
        guard let app = try app(with: type, named: old, on: connection) else { throw missing(type, old) }
        let other = try self.app(with: type, named: new, on: connection)
        guard other == nil || other?.id == app.id else { throw taken(new) }
        try CreationRules.requireOwn(type, of: app)
        var renamed = AppComponents(developerName: app.components.developerName)
        for document in app.components.documents {
            let isMeant = document.type == type
            _ = renamed.add(
                MetadataComponent(fullName: isMeant ? new : document.fullName, content: document.content)
            )
        }
        try noteRename(type, old, new, on: connection)
        try AppRecords.save(renamed, over: app, by: caller.actor, now: caller.now, on: connection)
    }

    private func renameDocument(
        _ type: MetadataType,
        _ old: String,
        _ new: String,
        on connection: any Connection
    ) throws {
        guard let found = try OrgDocuments.find(type, named: old, org: org.id, on: connection) else {
            throw missing(type, old)
        }
        let other = try OrgDocuments.find(type, named: new, org: org.id, on: connection)
        guard other == nil || other?.id == found.id else { throw taken(new) }
        var apps = NamingApps(org: org.id)
        try requireUnused(found, beside: &apps, on: connection)
        var content = found.component.content
        if case .customScope(var scope) = content {
            scope.developerName = new
            content = .customScope(scope)
        } else if case .tokenExchangeHandler(var handler) = content {
            handler.developerName = new
            content = .tokenExchangeHandler(handler)
        }
        let renamed = MetadataComponent(fullName: new, content: content)
        if let problem = OrgRules.problems(of: renamed).first { throw problem }
        try noteRename(type, old, new, on: connection)
        try OrgDocuments.delete(type, named: old, org: org.id, by: caller.actor, now: caller.now, on: connection)
        try OrgDocuments.save(
            renamed,
            id: found.id,
            org: org.id,
            by: caller.actor,
            now: caller.now,
            on: connection
        )
    }

    @discardableResult
    private func noteRename(
        _ type: MetadataType,
        _ old: String,
        _ new: String,
        on connection: any Connection
    ) throws -> AuditTrail.Receipt {
        let event = AuditEvent(
            org: org.id,
            at: caller.now,
            actor: caller.actor,
            action: .updated,
            subjectKind: type.rawValue,
            subjectName: new,
            changes: [AuditChange("fullName", before: old, after: new)]
        )
        return try AuditTrail.record(event, on: connection)
    }

    private func missing(_ type: MetadataType, _ name: String) -> MetadataError {
        MetadataError(
            code: .invalidCrossReferenceKey,
            problem: "No \(type.rawValue) named '\(name)' exists.",
            remedy: "Correct the name; listMetadata names those there are."
        )
    }

    private func taken(_ name: String) -> MetadataError {
        MetadataError(
            code: .duplicateDeveloperName,
            problem: "The name '\(name)' is in use.",
            remedy: "Choose another."
        )
    }
}

extension AppComponents {
    /// The same documents as those of an app of another developer name.
    fileprivate func renamed(to name: String) -> AppComponents {
        var renamed = AppComponents(developerName: name)
        for document in documents {
            var content = document.content.belonging(to: name)
            if case .externalClientApplication(var header) = content {
                header.orgScopedExternalApp = header.orgScopedExternalApp?.naming(app: name)
                content = .externalClientApplication(header)
            }
            _ = renamed.add(MetadataComponent(fullName: document.fullName, content: content))
        }
        return renamed
    }
}

extension String {
    /// An `orgScopedExternalApp`, whose form is ORG-ID:DEVELOPER-NAME, of an app that has another name.
    fileprivate func naming(app name: String) -> String {
        firstIndex(of: ":").map { "\(self[...$0])\(name)" } ?? self
    }
}
