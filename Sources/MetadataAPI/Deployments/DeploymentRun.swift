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
    private struct TakenBack: Error {}

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
                if options.checkOnly || (hasFailure && options.rollbackOnError) { throw TakenBack() }
            }
        } catch is TakenBack {}
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
        let doomed = manifest.entries.filter { apps.contains($0.type) }.flatMap(\.members)
            .map(AppComponents.comparable(name:))
        // Parts first: afterwards they are gone with their app.
        let entries = manifest.entries.sorted { !apps.contains($0.type) && apps.contains($1.type) }
        for entry in entries {
            for member in entry.members {
                try requireTime()
                var message = DeploymentMessage(fileName: path, fullName: member, componentType: entry.type)
                let type = MetadataType.named(entry.type, version: version)
                    .first { $0.settingsName == nil || $0.settingsName == member }
                if member.contains("*") {
                    message = message.refused(
                        MetadataError(
                            code: "INVALID_CROSS_REFERENCE_KEY",
                            problem: "Wildcards are not allowed in \(moment.rawValue).",
                            remedy: "Name each component."
                        )
                    )
                } else if let type {
                    message = try writer.delete(
                        type,
                        named: member,
                        doomed: Set(doomed),
                        fileName: path,
                        on: connection
                    )
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
        let documents = match(read.documents, with: read.package, version)
        let order: [MetadataType] = [
            .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings, .customScope, .permissionSet,
            .profile,
        ]
        // Apps name profiles, permission sets and scopes, and token exchange handlers name apps.
        for type in order { try deploy(documents.filter { $0.type == type }, on: connection) }
        var apps: [String: [GivenDocument]] = [:]
        for document in documents {
            guard let name = document.component.ownerName else { continue }
            apps[AppComponents.comparable(name: name), default: []].append(document)
        }
        for (_, documents) in apps.sorted(by: { $0.key < $1.key }) {
            try requireTime()
            messages += try writer.deploy(app: documents, on: connection)
        }
        try deploy(documents.filter { $0.type == .tokenExchangeHandler }, on: connection)
    }

    private mutating func deploy(_ documents: [GivenDocument], on connection: any Connection) throws {
        for document in documents {
            try requireTime()
            messages.append(try writer.deploy(document: document, on: connection))
        }
    }

    /// The documents that the manifest names; what it names and is not there, and what is there and it does not name, is told.
    private mutating func match(
        _ documents: [GivenDocument],
        with package: DeploymentPackage,
        _ version: Int
    ) -> [GivenDocument] {
        let manifestPath = package.path(of: PackageReader.manifestName)
        // Both lists may have ten thousand entries.
        let byType = Dictionary(grouping: documents) { $0.type.manifestName }
        let byName = byType.mapValues { Dictionary(grouping: $0) { $0.component.fullName } }
        // A file that cannot be read is told of already.
        var told = Set(messages.filter { !$0.success }.map(\.fullName))
        var named: Set<String> = []
        for entry in package.manifest.entries {
            if MetadataType.named(entry.type, version: version).isEmpty {
                let message = DeploymentMessage(fileName: manifestPath, fullName: entry.type, componentType: "")
                messages.append(message.refused(Self.unknownType(entry.type, version, PackageReader.manifestName)))
                told.insert(entry.type)
                continue
            }
            for member in entry.members {
                let found = member == "*" ? byType[entry.type] : byName[entry.type]?[member]
                named.formUnion(found?.map(\.file.path) ?? [])
                if found == nil, member != "*", !options.allowMissingFiles, told.insert(member).inserted {
                    let message = DeploymentMessage(
                        fileName: manifestPath,
                        fullName: member,
                        componentType: entry.type
                    )
                    messages.append(message.refused(Self.notFound(member, entry.type)))
                }
            }
        }
        var wanted: [GivenDocument] = []
        for document in documents {
            if named.contains(document.file.path) {
                wanted.append(document)
            } else {
                var message = document.message
                (message.problem, message.problemType) = ("Not in package.xml", .warning)
                message.success = options.ignoreWarnings
                messages.append(message)
            }
        }
        return wanted
    }

    private static func unknownType(_ name: String, _ version: Int, _ file: String) -> MetadataError {
        let types = MetadataDescription(version: version).objects.map(\.xmlName).joined(separator: ", ")
        return MetadataError(
            code: "INVALID_TYPE",
            problem: "Unknown type name '\(name)' specified in \(file).",
            remedy: "Version \(version).0 has: \(types)."
        )
    }

    private static func notFound(_ member: String, _ type: String) -> MetadataError {
        MetadataError(
            code: "INVALID_CROSS_REFERENCE_KEY",
            problem:
                "An object '\(member)' of type \(type) was named in package.xml, but was not found in zipped directory.",
            remedy: "Add its file in the folder and with the suffix of the type, or take it out of package.xml."
        )
    }
}
