import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// The calls that make, change, delete and rename up to ten components at once (facts: app-model 11.5).
struct ComponentCalls: Sendable {
    let database: any Database
    let masterKey: MasterKey
    let caller: MetadataCaller
    let clock: @Sendable () -> Timestamp

    enum Verb {
        case create, update, upsert
    }

    /// Says that one failure takes the others back.
    private struct RolledBack: Error {}

    /// What changes components with the permissions that the caller has at the end of the wait for other changes of the org.
    private func writer(on connection: any Connection) throws -> ComponentWriter {
        try AuditTrail.serialize(caller.org.id, on: connection)
        // There is no place for a warning in these answers, so they are made without one.
        return ComponentWriter(
            caller: try caller.renewed(now: clock(), on: connection),
            masterKey: masterKey,
            ignoreWarnings: false
        )
    }

    // MARK: Making and changing

    /// - Throws: ``MetadataFault``.
    func save(_ given: [GivenComponent], _ verb: Verb, _ allOrNone: Bool) async throws -> [SaveOutcome] {
        try requireFew(given.count)
        guard Set(given.map(\.type)).count <= 1 else {
            throw MetadataFault(
                .invalidOperation,
                "One call may have components of one type only; call once for each type."
            )
        }
        if let name = given.first?.type { _ = try MetadataType.called(name, version: caller.version) }
        return try await together(given, allOrNone, name: \.fullName) { try Self.save($0, verb, $1, on: $2) }
    }

    private static func save(
        _ given: GivenComponent,
        _ verb: Verb,
        _ writer: ComponentWriter,
        on connection: any Connection
    ) throws -> SaveOutcome {
        let component: MetadataComponent
        switch given.component {
        case .failure(let error): return SaveOutcome(fullName: given.fullName, problem: .init(error))
        case .success(let read): component = read
        }
        let file = SourceFile(
            path: component.type.path(of: component.fullName),
            bytes: MetadataDocument.xml(component)
        )
        let document = GivenDocument(file: file, component: component, version: writer.caller.version)
        // Before anything is said of what is there.
        if let denial = writer.denial(of: component.type.writeAction, document) {
            return SaveOutcome(fullName: given.fullName, problem: .init(denial))
        }
        let present = try presentName(of: component, org: writer.org.id, on: connection)
        if let problem = problem(component, verb, present: present) {
            return SaveOutcome(fullName: given.fullName, problem: .init(problem))
        }
        var scopes = TakenScopes(org: writer.org.id)
        let outcomes =
            component.ownerName == nil
            ? [try writer.deploy(document: document, beside: &scopes, on: connection)]
            : try writer.deploy(app: [document], on: connection)
        return SaveOutcome(
            fullName: given.fullName,
            created: present == nil,
            problem: outcomes.lazy.compactMap(\.error).first.map(SaveOutcome.Problem.init)
        )
    }

    private static func problem(_ component: MetadataComponent, _ verb: Verb, present: String?) -> MetadataError? {
        switch (verb, present) {
        case (.create, let present?) where present == component.fullName || !component.type.isSatellite:
            MetadataError(
                code: .duplicateDeveloperName,
                problem: "A \(component.type.rawValue) named '\(present)' exists already.",
                remedy: "Update it, or choose another name."
            )
        case (.create, let present?):
            MetadataError(
                code: .duplicateDeveloperName,
                problem: "The app has a \(component.type.rawValue) already, named '\(present)'.",
                remedy: "Update that one: an app has one document of this type."
            )
        case (.update, nil):
            MetadataError(
                code: .invalidCrossReferenceKey,
                problem: "No \(component.type.rawValue) named '\(component.fullName)' exists.",
                remedy: "Create it, or correct the name."
            )
        default: nil
        }
    }

    /// The name of a component if it is there; of an app's documents, that of the one of the type, whatever it is.
    private static func presentName(
        of component: MetadataComponent,
        org: OrgID,
        on connection: any Connection
    ) throws -> String? {
        let (type, name) = (component.type, component.fullName)
        if let owner = component.ownerName {
            let app = try AppRecords.find(developerName: owner, org: org, on: connection)
            return app?.components.documents.first { $0.type == type }?.fullName
        }
        let isThere =
            switch type {
            case .profile: try Profiles.find(name: name, org: org, on: connection) != nil
            case .permissionSet: try PermissionSets.find(name: name, org: org, on: connection) != nil
            case .customScope, .tokenExchangeHandler:
                try OrgDocuments.find(type, named: name, org: org, on: connection) != nil
            default: true
            }
        return isThere ? name : nil
    }

    // MARK: Deleting and renaming

    /// - Throws: ``MetadataFault``.
    func delete(_ name: String, _ names: [String], _ allOrNone: Bool) async throws -> [SaveOutcome] {
        try requireFew(names.count)
        let type = try MetadataType.called(name, version: caller.version)
        return try await together(names, allOrNone, name: \.self) { name, writer, connection in
            var naming = NamingApps(org: writer.org.id)
            let outcome = try writer.delete(type, named: name, fileName: "", beside: &naming, on: connection)
            guard !outcome.message.success else { return SaveOutcome(fullName: name) }
            let missing = SaveOutcome.Problem(
                code: .invalidCrossReferenceKey,
                message: "no \(type.rawValue) named \(name) found",
                fields: []
            )
            return SaveOutcome(fullName: name, problem: outcome.error.map(SaveOutcome.Problem.init) ?? missing)
        }
    }

    /// - Throws: ``MetadataFault``.
    func rename(_ name: String, _ old: String, _ new: String) async throws -> [SaveOutcome] {
        let type = try MetadataType.called(name, version: caller.version)
        do {
            try await database.write { connection in
                try writer(on: connection).rename(type, from: old, to: new, on: connection)
            }
            return [SaveOutcome(fullName: new)]
        } catch let error as MetadataError {
            return [SaveOutcome(fullName: old, problem: .init(error))]
        }
    }

    // MARK: Parts

    private func requireFew(_ count: Int) throws(MetadataFault) {
        guard count <= MetadataService.componentLimit else {
            throw MetadataFault(
                .limitExceeded,
                "One call may have \(MetadataService.componentLimit) components at most; call again."
            )
        }
    }

    /// Does something with each of some things in one transaction, whose successes are taken back by a failure if all or none is wanted.
    private func together<Thing: Sendable>(
        _ things: [Thing],
        _ allOrNone: Bool,
        name: @escaping @Sendable (Thing) -> String,
        _ body: @escaping @Sendable (Thing, ComponentWriter, any Connection) throws -> SaveOutcome
    ) async throws -> [SaveOutcome] {
        try await database.write { connection in
            let writer = try writer(on: connection)
            var outcomes: [SaveOutcome] = []
            do {
                try connection.part {
                    outcomes = try things.map { try body($0, writer, connection) }
                    if allOrNone, outcomes.contains(where: { $0.problem != nil }) { throw RolledBack() }
                }
            } catch is RolledBack {
                outcomes = outcomes.map { outcome in
                    SaveOutcome(fullName: outcome.fullName, problem: outcome.problem ?? .rolledBack)
                }
            }
            return outcomes
        }
    }
}

extension SaveOutcome.Problem {
    static let rolledBack = SaveOutcome.Problem(
        code: .allOrNoneOperationRolledBack,
        message: "Record rolled back because not all records were valid and the request was using AllOrNone header",
        fields: []
    )

    init(_ error: MetadataError) {
        self.init(
            code: error.isWarning ? .fieldIntegrityException : error.code,
            message: "\(error.problem) \(error.remedy)".trimmed,
            fields: error.element.map { [$0] } ?? []
        )
    }
}
