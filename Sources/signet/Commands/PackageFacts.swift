import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// The files that the package commands read and write.
enum PackageFile {
    static func read(_ path: String) throws -> AppPackage { try read(path).package }

    /// A package with its bytes, as they go to a server.
    static func read(_ path: String) throws -> (package: AppPackage, bytes: [UInt8]) {
        if let reason = FileProblem.unreadable(path) {
            throw CommandFailure(
                "the package \(path) cannot be read: \(reason); name a file that signet package create wrote"
            )
        }
        let bytes = try RegularFile.read(path, limit: 1_048_577)
        do {
            return (try AppPackage(reading: bytes), bytes)
        } catch {
            throw CommandFailure("\(path): \(PackageFailure.text(error))")
        }
    }

    /// Requires that nothing stands where a package is to be written, before a server makes it.
    static func requireFree(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure("\(path) cannot be written: \(FileProblem.words(EEXIST))")
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
    static func text(_ error: any Error) -> String { PackageProblem.text(of: error) ?? "\(error)" }

    static func explained<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch {
            throw PackageProblem.text(of: error).map(CommandFailure.init) ?? error
        }
    }
}

/// The facts of packages as people read them, from their JSON.
enum PackageText {
    static func manifest(_ facts: JSONObject) -> String {
        """
        \(facts.text("name")) \(facts.text("version"))
          made by:   \(facts.text("issuer")) (\(facts.text("sourceOrg"))), \(facts.text("createdAt"))
          signed by: \(facts.text("fingerprint"))
        """
    }

    static func inspection(_ facts: JSONObject) -> String {
        let trust = facts.flag("isTrusted") ? "trusted by this org" : "not trusted by this org"
        let elements = (facts["elements"]?.object?.members ?? []).map { member in
            "  \(member.name): \(ForecastText.shown(member.value.string ?? ""))"
        }
        return ([manifest(facts), "  signature: good, by a key \(trust)"] + elements).joined(separator: "\n")
    }

    static func plan(_ facts: JSONObject) -> String {
        let versions = facts["from"]?.string.map { "\($0) -> \(facts.text("to"))" } ?? facts.text("to")
        var lines = ["\(facts.text("name")): \(facts.text("step")) \(versions)"]
        lines += facts.objects("differences").map(ForecastText.difference)
        lines += facts.objects("suggestions").map {
            "  suggested, and left to the admin: " + ForecastText.difference($0).dropFirst(2)
        }
        lines += facts.objects("refusals").map { "  refused: \(ForecastText.refusal($0))" }
        lines += facts.objects("warnings").map(ForecastText.warning)
        if facts.flag("isDone") {
            if let key = facts["consumerKey"]?.string { lines.append("  consumer key:    \(key)") }
            if let secret = facts["consumerSecret"]?.string {
                lines.append("  consumer secret: \(secret)   (shown this once)")
            }
            lines.append("done")
        }
        return lines.joined(separator: "\n")
    }

    static func listing(_ facts: JSONObject) -> String {
        let installed = facts.objects("installed").map { package in
            let consumer = package.flag("isAssociated") ? "consumer of" : "own consumer, from"
            return
                "installed\t\(package.text("name"))\t\(package.text("version"))\t\(consumer) \(package.text("issuer"))"
        }
        let made = facts.objects("made").map {
            "made\t\($0.text("name"))\t\($0.text("version"))\t\($0.text("createdAt"))"
        }
        let trusted = facts.objects("trusted").map { "trusted\t\($0.text("fingerprint"))\t\($0.text("issuer"))" }
        let lines = installed + made + trusted
        return lines.isEmpty ? "no packages" : lines.joined(separator: "\n")
    }
}
