import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// The work of one deployment within a transaction: what its packages delete and deploy, in the order of the original.
struct DeploymentRun {
    private let writer: ComponentWriter
    private let options: DeployOptions
    /// Whether the work has taken as long as it may.
    private let isOverdue: () -> Bool
    private(set) var messages: [DeploymentMessage] = []

    init(writer: ComponentWriter, options: DeployOptions, isOverdue: @escaping () -> Bool) {
        (self.writer, self.options, self.isOverdue) = (writer, options, isOverdue)
    }

    var hasFailure: Bool { messages.contains { !$0.success } }

    /// Says that what was done is to be taken back.
    private struct RolledBack: Error {}

    /// Says that the work took longer than it may, and was taken back.
    struct Overdue: Error {}

    private func requireTime() throws(Overdue) {
        if isOverdue() { throw Overdue() }
    }

    /// Does the work, and takes it back if it was a validation, or one error is to take everything back.
    ///
    /// - Throws: ``Overdue``, or what the database throws.
    mutating func run(_ packages: [ReadPackage], on connection: any Connection) throws {
        messages = []
        do {
            try connection.part {
                for package in packages { try run(package, on: connection) }
                if options.checkOnly || (hasFailure && options.rollbackOnError) { throw RolledBack() }
            }
        } catch is RolledBack {}
    }

    private mutating func run(_ read: ReadPackage, on connection: any Connection) throws {
        let package = read.package
        let manifestPath = package.path(of: PackageReader.manifestName)
        let version: Int
        switch read.version {
        case .success(let given): version = given
        case .failure(let error):
            let message = DeploymentMessage(
                fileName: manifestPath,
                fullName: PackageReader.manifestName,
                componentType: ""
            )
            return messages.append(message.refused(error))
        }
        try delete(.before, of: package, version, on: connection)
        try delete(.plain, of: package, version, on: connection)
        try deploy(read, version, on: connection)
        try delete(.after, of: package, version, on: connection)
        messages.append(
            DeploymentMessage(fileName: manifestPath, fullName: PackageReader.manifestName, componentType: "")
        )
    }

    // MARK: Deletions

    private mutating func delete(
        _ moment: DeploymentPackage.Moment,
        of package: DeploymentPackage,
        _ version: Int,
        on connection: any Connection
    ) throws {
        guard let manifest = package.deletions[moment] else { return }
        let path = package.path(of: moment.rawValue)
        let apps = [MetadataType.externalClientApplication, .connectedApp].map(\.manifestName)
        // Apps first: a part that is named beside its app has gone with it, or is still there.
        let entries =
            manifest.entries.filter { apps.contains($0.type) }
            + manifest.entries.filter { !apps.contains($0.type) }
        var gone: Set<ComponentWriter.Part> = []
        var naming = NamingApps(org: writer.org.id)
        for entry in entries {
            for member in entry.members {
                try requireTime()
                var message = DeploymentMessage(fileName: path, fullName: member, componentType: entry.type)
                let type = MetadataType.named(entry.type, version: version)
                    .first { $0.settingsName == nil || $0.settingsName == member }
                if member.contains("*") {
                    message = message.refused(
                        MetadataError(
                            code: .invalidCrossReferenceKey,
                            problem: "Wildcards are not allowed in \(moment.rawValue).",
                            remedy: "Name each component."
                        )
                    )
                } else if let type, gone.contains(.init(type, member)) {
                    message.deleted = true
                } else if let type {
                    let parts = try writer.parts(of: type, named: member, on: connection)
                    message = try writer.delete(type, named: member, fileName: path, beside: &naming, on: connection)
                        .message
                    if message.deleted { gone.formUnion(parts) }
                } else {
                    message = message.refused(Self.unknownType(entry.type, version, moment.rawValue))
                }
                messages.append(message)
            }
        }
    }

    // MARK: Documents

    private mutating func deploy(
        _ read: ReadPackage,
        _ version: Int,
        on connection: any Connection
    ) throws {
        messages += read.refusals
        let unreadable = read.refusals.map { $0.fileName.replacing(/-meta\.xml$/, with: "") }
        let documents = match(read.documents, unreadable: Set(unreadable), with: read.package, version)
        let order: [MetadataType] = [
            .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings, .customScope, .permissionSet,
            .profile,
        ]
        // Apps name profiles, permission sets and scopes; scopes that are assigned, and token exchange handlers, name apps.
        let assigned = documents.filter(\.isAssignedScope)
        for type in order {
            try deploy(documents.filter { $0.type == type && !$0.isAssignedScope }, on: connection)
        }
        var apps: [String: [GivenDocument]] = [:]
        for document in documents {
            guard let name = document.component.ownerName else { continue }
            apps[AppComponents.comparable(name: name), default: []].append(document)
        }
        for (_, documents) in apps.sorted(by: { $0.key < $1.key }) {
            try requireTime()
            messages += try writer.deploy(app: documents, on: connection).map(\.message)
        }
        try deploy(assigned, on: connection)
        try deploy(documents.filter { $0.type == .tokenExchangeHandler }, on: connection)
    }

    private mutating func deploy(_ documents: [GivenDocument], on connection: any Connection) throws {
        var scopes = TakenScopes(org: writer.org.id)
        for document in documents {
            try requireTime()
            messages.append(try writer.deploy(document: document, beside: &scopes, on: connection).message)
        }
    }

    /// The documents that the manifest names; what it names and is not there, and what is there and it does not name, is told.
    private mutating func match(
        _ documents: [GivenDocument],
        unreadable: Set<String>,
        with package: DeploymentPackage,
        _ version: Int
    ) -> [GivenDocument] {
        let named = requireThere(documents, unreadable: unreadable, in: package, version)
        return documents.filter { document in
            guard !named.contains(document.file.path) else { return true }
            var message = document.message
            (message.problem, message.problemType) = ("Not in package.xml", .warning)
            message.success = options.ignoreWarnings
            messages.append(message)
            return false
        }
    }

    /// A component as a manifest names it.
    private struct Named: Hashable {
        let type: String
        let name: String
    }

    /// Tells of what the manifest names and is not there, once each; of a file that cannot be read is told already.
    ///
    /// - Returns: the paths of the documents that it names.
    private mutating func requireThere(
        _ documents: [GivenDocument],
        unreadable: Set<String>,
        in package: DeploymentPackage,
        _ version: Int
    ) -> Set<String> {
        let manifestPath = package.path(of: PackageReader.manifestName)
        // Both lists may have ten thousand entries.
        let byType = Dictionary(grouping: documents) { $0.type.manifestName }
        let byName = byType.mapValues { Dictionary(grouping: $0) { $0.component.fullName } }
        var named: Set<String> = []
        var missing: Set<Named> = []
        for entry in package.manifest.entries {
            let types = MetadataType.named(entry.type, version: version)
            if types.isEmpty {
                let message = DeploymentMessage(fileName: manifestPath, fullName: entry.type, componentType: "")
                messages.append(message.refused(Self.unknownType(entry.type, version, PackageReader.manifestName)))
            }
            for member in types.isEmpty ? [] : entry.members {
                let found = member == "*" ? byType[entry.type] : byName[entry.type]?[member]
                named.formUnion(found?.map(\.file.path) ?? [])
                guard found == nil, member != "*", !options.allowMissingFiles,
                    !types.contains(where: { unreadable.contains(package.path(of: $0.path(of: member))) }),
                    missing.insert(Named(type: entry.type, name: member)).inserted
                else { continue }
                let message = DeploymentMessage(fileName: manifestPath, fullName: member, componentType: entry.type)
                messages.append(message.refused(Self.notFound(member, entry.type)))
            }
        }
        return named
    }

    private static func unknownType(_ name: String, _ version: Int, _ file: String) -> MetadataError {
        let types = MetadataDescription(version: version).objects.map(\.xmlName).joined(separator: ", ")
        return MetadataError(
            code: .invalidType,
            problem: "Unknown type name '\(name)' specified in \(file).",
            remedy: "Version \(version).0 has: \(types)."
        )
    }

    private static func notFound(_ member: String, _ type: String) -> MetadataError {
        MetadataError(
            code: .invalidCrossReferenceKey,
            problem:
                "An object '\(member)' of type \(type) was named in package.xml, but was not found in zipped directory.",
            remedy: "Add its file in the folder and with the suffix of the type, or take it out of package.xml."
        )
    }
}

extension GivenDocument {
    fileprivate var isAssignedScope: Bool {
        guard case .customScope(let scope) = component.content else { return false }
        return !scope.assignedTo.isEmpty
    }
}
