import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// The files that the package commands read and write.
enum PackageFile {
    static func read(_ path: String) throws -> AppPackage {
        let bytes = try RegularFile.read(path, limit: 1_048_577)
        do {
            return try AppPackage(reading: bytes)
        } catch {
            throw CommandFailure("\(path): \(PackageFailure.text(error))")
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw CommandFailure("\(path) cannot be written: \(FileProblem.reason(error))")
        }
    }

    static func policies(_ path: String) throws -> OAuthPolicies {
        guard case .oauthPolicies(let record) = try document(.oauthPolicies, path).content else {
            throw CommandFailure("\(path) is no document of OAuth policies")
        }
        return record
    }

    static func globalSettings(_ path: String, _ name: String) throws -> GlobalOAuthSettings {
        guard case .globalOAuthSettings(let record) = try document(.globalOAuthSettings, path).content else {
            throw CommandFailure("\(path) is no document of global OAuth settings")
        }
        guard record.externalClientApplication == name else {
            throw CommandFailure("\(path) is of another app: externalClientApplication must be \(name)")
        }
        return record
    }

    private static func document(_ type: MetadataType, _ path: String) throws -> MetadataComponent {
        let bytes = try RegularFile.read(path, limit: SourceFile.maximumBytes + 1)
        do {
            return try MetadataDocument.parse(type, fullName: "document", bytes: bytes)
        } catch {
            throw CommandFailure("\(path)\(error)")
        }
    }

    static func app(_ name: String, _ org: Org, on connection: any Connection) throws -> AppRecords.Stored {
        guard let app = try AppRecords.find(developerName: name, org: org.id, on: connection) else {
            throw CommandFailure("no app is named '\(name)'; see: signet app list")
        }
        return app
    }
}

/// Refusals of packages as a person reads them.
enum PackageFailure {
    static func text(_ error: any Error) -> String {
        switch error {
        case let refusal as PackageRefusal: refusal.description
        case let refusal as ArchiveError: refusal.description
        case let error as MetadataError: "it has a document that is not valid\(error.description)"
        case let errors as MetadataErrors: "it has documents that are not valid:\n\(errors.description)"
        default: "\(error)"
        }
    }

    static func explained<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error where error is PackageRefusal || error is MetadataError || error is MetadataErrors {
            throw CommandFailure(text(error))
        }
    }
}

/// The facts of packages as commands print them.
enum PackageFacts {
    static func write(_ manifest: AppPackageManifest, _ json: inout JSONWriter) {
        json.member("name", manifest.name)
        json.member("version", manifest.version.description)
        json.member("issuer", manifest.issuer)
        json.member("sourceOrg", manifest.sourceOrg.rawValue)
        json.member("createdAt", manifest.createdAt.rfc3339)
        json.member("fingerprint", manifest.key.fingerprint)
        json.array("files", of: manifest.files.map(\.path))
    }

    static func text(_ manifest: AppPackageManifest) -> String {
        """
        \(manifest.name) \(manifest.version)
          made by:   \(manifest.issuer) (\(manifest.sourceOrg.rawValue)), \(manifest.createdAt.rfc3339)
          signed by: \(manifest.key.fingerprint)
        """
    }

    /// What the documents of a package say, and what it suggests for policies.
    static func elements(_ package: AppPackage) -> [(name: String, value: String)] {
        let documents = package.components.documents.flatMap { document in
            MetadataDocument.elements(of: document).map { ("\(document.type.rawValue).\($0.path)", $0.value) }
        }
        let defaults = package.defaults.map { defaults in
            MetadataDocument.elements(of: MetadataComponent(fullName: "policies", content: .oauthPolicies(defaults)))
                .map { ("defaults.\($0.path)", $0.value) }
        }
        return (documents + (defaults ?? [])).map { (name: $0.0, value: $0.1) }
    }

    static func write(_ plan: PackagePlan, _ installed: PackageInstallation.Installed?, _ json: inout JSONWriter) {
        json.member("name", plan.developerName)
        json.member("step", plan.step.rawValue)
        json.member("from", ifPresent: plan.from)
        json.member("to", plan.to)
        json.member("isDone", installed != nil)
        json.member("id", ifPresent: installed?.id.rawValue)
        json.member("consumerKey", ifPresent: installed?.consumerKey)
        json.member("consumerSecret", ifPresent: installed?.newSecret?.revealed)
        json.array("differences") { ForecastFacts.write(plan.differences, &$0) }
        json.array("suggestions") { ForecastFacts.write(plan.suggestions, &$0) }
        json.array("refusals") { ForecastFacts.write(plan.refusals, &$0) }
        json.array("warnings") { ForecastFacts.write(plan.notices, &$0) }
    }

    static func text(_ plan: PackagePlan, _ installed: PackageInstallation.Installed?) -> String {
        let versions = plan.from.map { "\($0) -> \(plan.to)" } ?? plan.to
        var lines = ["\(plan.developerName): \(plan.step.rawValue) \(versions)"]
        lines += plan.differences.map(ForecastFacts.text)
        lines += plan.suggestions.map { "  suggested, and left to the admin: " + ForecastFacts.text($0).dropFirst(2) }
        lines += plan.refusals.map { "  refused: \(ForecastFacts.text($0))" }
        lines += plan.notices.map { "  warning (\($0.owner.rawValue)): \($0.element): \($0.text)" }
        if let installed {
            if let key = installed.consumerKey { lines.append("  consumer key:    \(key)") }
            if let secret = installed.newSecret {
                lines.append("  consumer secret: \(secret.revealed)   (shown this once)")
            }
            lines.append("done")
        }
        return lines.joined(separator: "\n")
    }

    /// What an org installed, made and trusts.
    struct Listing: Sendable {
        private let installed: [(name: String, package: InstalledPackage)]
        private let made: [(name: String, package: PackageRecords.Made)]
        private let signers: [PackageSigners.Signer]

        init(_ org: OrgID, on connection: any Connection) throws {
            let apps = try AppRecords.all(org: org, on: connection)
            installed = try apps.compactMap { app in
                try PackageRecords.installed(app.id, on: connection).map { (app.components.developerName, $0) }
            }
            made = try apps.flatMap { app in
                try PackageRecords.made(of: app.id, on: connection).map { (app.components.developerName, $0) }
            }
            signers = try PackageSigners.all(org: org, on: connection)
        }

        func write(_ json: inout JSONWriter) {
            json.array("installed") { array in
                for (name, package) in installed {
                    array.object { object in
                        object.member("name", name)
                        object.member("version", package.version)
                        object.member("issuer", package.issuer)
                        object.member("fingerprint", package.fingerprint)
                        object.member("isAssociated", package.isAssociated)
                        object.member("installedAt", package.installedAt.rfc3339)
                        object.member("upgradedAt", ifPresent: package.upgradedAt?.rfc3339)
                    }
                }
            }
            json.array("made") { array in
                for (name, package) in made {
                    array.object { object in
                        object.member("name", name)
                        object.member("version", package.version)
                        object.member("createdAt", package.createdAt.rfc3339)
                    }
                }
            }
            json.array("trusted") { array in
                for signer in signers {
                    array.object { object in
                        object.member("fingerprint", signer.fingerprint)
                        object.member("issuer", signer.issuer)
                        object.member("trustedAt", signer.trustedAt.rfc3339)
                    }
                }
            }
        }

        var text: String {
            let lines =
                installed.map { name, package in
                    "installed\t\(name)\t\(package.version)\t\(package.isAssociated ? "consumer of" : "own consumer, from") \(package.issuer)"
                } + made.map { "made\t\($0.name)\t\($0.package.version)\t\($0.package.createdAt.rfc3339)" }
                + signers.map { "trusted\t\($0.fingerprint)\t\($0.issuer)" }
            return lines.isEmpty ? "no packages" : lines.joined(separator: "\n")
        }
    }
}
