import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Documents that belong to the org itself.
extension ComponentWriter {
    /// What became of a document, beside what its message says anyway.
    struct DocumentOutcome {
        var id: String?
        var isCreated = false
        var isChanged = false
        var notes: [String] = []

        mutating func note(_ unknown: [UserPermission]) {
            guard !unknown.isEmpty else { return }
            let names = unknown.map(\.name).sorted().joined(separator: ", ")
            notes.append("These user permissions are kept and have no effect: \(names).")
        }
    }

    /// Deploys one document of the org.
    ///
    /// - Parameter scopes: the custom scopes that are there, for all documents that are deployed together.
    func deploy(
        document: GivenDocument,
        beside scopes: inout TakenScopes,
        on connection: any Connection
    ) throws -> ComponentOutcome {
        if let denial = denial(of: document.type.writeAction, document) {
            return ComponentOutcome(document.message, refused: denial)
        }
        do {
            let outcome = try connection.part { try deployed(document.component, beside: &scopes, on: connection) }
            var message = document.message
            (message.id, message.created, message.changed) = (outcome.id, outcome.isCreated, outcome.isChanged)
            if !outcome.notes.isEmpty {
                message.problem = outcome.notes.joined(separator: " ")
                message.problemType = .info
            }
            return ComponentOutcome(message)
        } catch let error as MetadataError {
            return ComponentOutcome(document.message, refused: error)
        }
    }

    private func deployed(
        _ component: MetadataComponent,
        beside scopes: inout TakenScopes,
        on connection: any Connection
    ) throws -> DocumentOutcome {
        if let problem = OrgRules.problems(of: component).first { throw problem }
        switch component.content {
        case .customScope(let scope):
            try scopes.check(scope, named: component.fullName, on: connection)
            try OrgDocumentRules.checkAssignments(of: scope, named: component.fullName, org: org.id, on: connection)
            let outcome = try save(component, on: connection)
            scopes.take(scope, named: component.fullName)
            return outcome
        case .tokenExchangeHandler(let handler):
            try OrgDocumentRules.check(handler, named: component.fullName, org: org.id, on: connection)
            var outcome = try save(component, on: connection)
            outcome.notes = ["It is kept and has no effect: this server runs no Apex."]
            return outcome
        case .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings:
            return try saveSettings(component, on: connection)
        case .profile(let document): return try save(document, named: component.fullName, on: connection)
        case .permissionSet(let document): return try save(document, named: component.fullName, on: connection)
        default: return DocumentOutcome()
        }
    }

    // MARK: Settings

    private func saveSettings(_ component: MetadataComponent, on connection: any Connection) throws -> DocumentOutcome {
        var outcome = DocumentOutcome()
        outcome.notes = component.content.notesOfNoEffect
        var component = component
        if let before = try OrgSettings.document(component.type, org: org.id, on: connection) {
            component.content = try component.content.completed(with: before.content)
            // What was given may be right alone and wrong beside what is there.
            if let problem = OrgRules.problems(of: component).first { throw problem }
            outcome.isChanged = component.content != before.content
        }
        guard outcome.isChanged else { return outcome }
        try OrgSettings.save(component, org: org.id, by: caller.actor, now: caller.now, on: connection)
        return outcome
    }

    // MARK: Documents that are kept as they are

    private func save(_ component: MetadataComponent, on connection: any Connection) throws -> DocumentOutcome {
        let before = try OrgDocuments.find(component.type, named: component.fullName, org: org.id, on: connection)
        var randomness = SystemRandomNumberGenerator()
        let id = before?.id ?? OrgDocumentID.make(prefix: component.type.idPrefix, now: caller.now, using: &randomness)
        let outcome = DocumentOutcome(
            id: id.rawValue,
            isCreated: before == nil,
            isChanged: before?.component != component
        )
        guard outcome.isChanged else { return outcome }
        try OrgDocuments.save(component, id: id, org: org.id, by: caller.actor, now: caller.now, on: connection)
        return outcome
    }
}

extension MetadataContent {
    /// What is said of the switches of an org that are turned on and do nothing.
    fileprivate var notesOfNoEffect: [String] {
        let switches: [(String, Bool?, String)] =
            switch self {
            case .externalClientAppSettings(let settings):
                [
                    (
                        "enablePackageEcaOauthFromDevOrg", settings.enablePackageECAOAuthFromDevOrg,
                        "packages are made in any org"
                    )
                ]
            case .connectedAppSettings(let settings):
                [
                    (
                        "enableAdminApprovedAppsOnlyForExternalUser",
                        settings.enableAdminApprovedAppsOnlyForExternalUser, "there are no external users"
                    ),
                    (
                        "enableSkipUserProvisioningWizardWelcomePage",
                        settings.enableSkipUserProvisioningWizardWelcomePage, "there is no user provisioning"
                    ),
                ]
            case .oauthOIDCSettings(let settings):
                [
                    (
                        "blockOAuthUsrAgtFlow", settings.blockOAuthUserAgentFlow,
                        "the user-agent flow is not part of this release"
                    ),
                    (
                        "oAuthCdCrdtFlowEnable", settings.isCodeAndCredentialsFlowEnabled,
                        "the authorization code and credentials flow is not part of this release"
                    ),
                ]
            default: []
            }
        return switches.filter { $0.1 == true }.map { "\($0.0): It is kept and has no effect: \($0.2)." }
    }
}

extension MetadataType {
    /// The three characters that the ids of documents of the org start with.
    var idPrefix: StaticString { self == .customScope ? "0CS" : "0TE" }
}
