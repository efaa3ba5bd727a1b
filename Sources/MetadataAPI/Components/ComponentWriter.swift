import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// A document that is to be deployed, and the file that it came in.
struct GivenDocument: Sendable {
    let file: SourceFile
    var component: MetadataComponent
    /// The version of the API that it is written in.
    let version: Int

    var type: MetadataType { component.type }

    /// The message of a document that nothing is the matter with.
    var message: DeploymentMessage {
        DeploymentMessage(
            fileName: file.path,
            fullName: component.fullName,
            componentType: type.manifestName
        )
    }

    /// The document with what it cannot or need not say again, as the app has it.
    func completed(with app: AppComponents) throws(MetadataError) -> GivenDocument {
        guard let earlier = app.documents.first(where: { $0.type == type }) else { return self }
        var whole = self
        do throws(MetadataError) {
            whole.component.content = try component.content.keeping(laterThan: version, of: earlier.content)
        } catch {
            throw error.located(in: file)
        }
        // Clients switch a plugin off without saying of the app that it is on.
        if case (.appPolicies(var new), .appPolicies(let old)) = (whole.component.content, earlier.content),
            new.isEnabled == nil
        {
            new.isEnabled = old.isEnabled
            whole.component.content = .appPolicies(new)
        }
        return whole
    }
}

/// Makes, changes and deletes components of an org on somebody's behalf, each unit as a whole or not at all: the documents of one app
/// are a unit, and so is every other document. What is wrong is told in messages, so that one call tells all of it.
struct ComponentWriter: Sendable {
    let caller: MetadataCaller
    let masterKey: MasterKey
    let ignoreWarnings: Bool

    var org: Org { caller.org }

    /// Deploys the documents of one app.
    func deploy(app documents: [GivenDocument], on connection: any Connection) throws -> [ComponentOutcome] {
        do {
            return try connection.part { try deployApp(documents, on: connection) }.map { ComponentOutcome($0) }
        } catch let errors as MetadataErrors {
            return refused(documents, errors.errors)
        } catch let error as MetadataError {
            return refused(documents, [error])
        }
    }

    private func deployApp(_ documents: [GivenDocument], on connection: any Connection) throws -> [DeploymentMessage] {
        guard let name = documents.lazy.compactMap(\.component.ownerName).first else { return [] }
        let before = try AppRecords.find(developerName: name, org: org.id, on: connection)
        let denials = documents.compactMap { denial(of: $0, before) }
        guard denials.isEmpty else { throw MetadataErrors(errors: denials) }
        let documents = try documents.map { document in
            try before.map { try document.completed(with: $0.components) } ?? document
        }
        let files = documents.map(\.file)
        let existing = before.map { [$0.components.comparableName] } ?? []
        let deployment = AppDeployment(masterKey: masterKey, ignoreWarnings: ignoreWarnings, actor: caller.actor)
        var messages: [DeploymentMessage] = []
        let given = documents.map { (file: $0.file, component: $0.component) }
        for app in try AppFolder.apps(of: given, existingApps: Set(existing)) {
            let change = try deployment.deploy(
                app,
                over: before,
                from: files,
                org: org,
                now: caller.now,
                on: connection
            )
            messages += documents.map { message(of: $0, change, before) }
        }
        return messages
    }

    private func message(
        of document: GivenDocument,
        _ change: AppDeployment.Change,
        _ before: AppRecords.Stored?
    ) -> DeploymentMessage {
        var message = document.message
        message.id = document.type.documentID(of: change.id)
        let old = before?.components.documents.first { $0.type == document.type }
        let new = change.stored.components.documents.first { $0.type == document.type }
        message.created = old == nil
        message.changed = old != new
        if case .globalOAuthSettings(let settings) = document.component.content, old != nil {
            let rotated = [
                settings.shouldRotateConsumerKey == true ? "key" : nil,
                settings.shouldRotateConsumerSecret == true ? "secret" : nil,
            ].compactMap { $0 }
            if !rotated.isEmpty {
                message.changed = true
                message.problem =
                    "The consumer \(rotated.joined(separator: " and ")) was replaced at once; clients that have the one before are refused from now on."
                message.problemType = .warning
            }
        }
        var notes = change.warnings.filter { document.file.hasElement($0.element) }
            .map { "\($0.element): \($0.problem)" }
        if let old, document.type.isSatellite, old.fullName != document.component.fullName {
            notes.append("It takes the place of '\(old.fullName)': an app has one document of this type.")
        }
        if message.problem == nil, !notes.isEmpty {
            message.problem = notes.joined(separator: " ")
            message.problemType = .info
        }
        return message
    }

    /// What the caller lacks for a document; `nil` if nothing.
    private func denial(of document: GivenDocument, _ before: AppRecords.Stored?) -> MetadataError? {
        var actions = [document.type.writeAction]
        if case .connectedApp(let new) = document.component.content,
            new.assignsOtherUsers(than: before?.components.connectedApp)
        {
            actions.append(.assignConnectedApp)
        }
        return actions.lazy.compactMap { denial(of: $0, document) }.first
    }

    func denial(of action: Action, _ document: GivenDocument) -> MetadataError? {
        do {
            try caller.require(action)
            return nil
        } catch {
            return MetadataError(
                file: document.file.path,
                code: error.code,
                problem: error.description,
                remedy: ""
            )
        }
    }

    /// The messages of a unit that was refused: what is wrong, and for the other documents that they were not deployed either.
    private func refused(_ documents: [GivenDocument], _ errors: [MetadataError]) -> [ComponentOutcome] {
        let paths = Set(documents.map(\.file.path))
        let own = Dictionary(grouping: errors) { $0.file }
        var outcomes = documents.flatMap { document in
            (own[document.file.path] ?? []).map { ComponentOutcome(document.message, refused: $0) }
        }
        if let first = documents.first {
            outcomes += errors.filter { !paths.contains($0.file) }.map { ComponentOutcome(first.message, refused: $0) }
        }
        let reported = Set(outcomes.map(\.message.fileName))
        for document in documents where !reported.contains(document.file.path) {
            var message = document.message
            (message.success, message.problemType) = (false, .error)
            message.problem =
                "It was not deployed, since another document of the same app was refused: \(errors.first?.file ?? "")."
            outcomes.append(ComponentOutcome(message))
        }
        return outcomes
    }
}

extension MetadataComponent {
    /// The developer name of the app that a document is or belongs to; `nil` for what belongs to the org.
    var ownerName: String? { appName ?? connectedAppName }
}

extension SourceFile {
    func hasElement(_ name: String) -> Bool { bytes.firstRange(of: Array("<\(name)>".utf8)) != nil }
}

extension ConnectedApp {
    /// Whether this document gives the app to other profiles or permission sets than an earlier one, or names others by SAML.
    fileprivate func assignsOtherUsers(than earlier: ConnectedApp?) -> Bool {
        // Left out means as before; see `keepingPolicies`.
        let profiles = profileName.isEmpty ? earlier?.profileName ?? [] : profileName
        let sets = permissionSetName.isEmpty ? earlier?.permissionSetName ?? [] : permissionSetName
        return profiles != (earlier?.profileName ?? []) || sets != (earlier?.permissionSetName ?? [])
            || samlConfig != earlier?.samlConfig
    }
}
