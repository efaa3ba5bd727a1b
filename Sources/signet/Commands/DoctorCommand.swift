import ArgumentParser
import AuthorizationServer
import ClientApps
import Foundation
import OAuthTypes
import Orgs
import Storage
import StorageSQLite
import Tokens

/// `signet doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check a data directory and say what is wrong with it.",
        discussion: "Ends with 0 when all is well, with 1 when something is wrong."
    )

    /// What one check found.
    struct Finding: Sendable {
        let check: String
        /// What is wrong and what to do; nothing when all is well.
        let problem: String?
    }

    @OptionGroup var options: DataOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        var findings = permissions(DataDirectory(path: options.path))
        findings += try await options.run(isKeyChecked: false) { try await examine($0) }
        switch format.output {
        case .json: Terminal.print(json(findings))
        case .text:
            for finding in findings {
                Terminal.print(
                    finding.problem.map { "PROBLEM  \(finding.check): \($0)" } ?? "ok       \(finding.check)"
                )
            }
        }
        if findings.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
    }

    private func json(_ findings: [Finding]) -> [UInt8] {
        var json = JSONWriter()
        json.array { array in
            for finding in findings {
                array.object { object in
                    object.member("check", finding.check)
                    object.member("ok", finding.problem == nil)
                    object.member("problem", ifPresent: finding.problem)
                }
            }
        }
        return json.bytes
    }

    private func permissions(_ directory: DataDirectory) -> [Finding] {
        let folder = Finding(check: "\(directory.path) is its owner's alone", problem: ownership(directory))
        return [folder]
            + [directory.masterKeyPath, directory.databasePath].filter(FileManager.default.fileExists).map { path in
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
                return Finding(
                    check: "\(path) is its owner's alone",
                    problem: mode & 0o077 == 0 ? nil : "others can read it; run: chmod 600 \(path)"
                )
            }
    }

    private func ownership(_ directory: DataDirectory) -> String? {
        do {
            try OwnFile.require([directory.path])
            return nil
        } catch { return "\(error)" }
    }

    private func examine(_ data: OpenedServer) async throws -> [Finding] {
        var findings: [Finding] = []
        if let sqlite = data.database as? SQLiteDatabase {
            let problems = try await sqlite.integrityProblems()
            findings.append(
                Finding(
                    check: "the database file is sound",
                    problem: problems.first.map { "\($0); restore the file from a backup" }
                )
            )
        }
        for state in data.orgs {
            // A server with one org needs no names.
            let suffix = data.orgs.count > 1 ? " of \(state.org.name)" : ""
            for finding in try await examine(state.org, data) {
                findings.append(Finding(check: finding.check + suffix, problem: finding.problem))
            }
        }
        return findings
    }

    private func examine(_ org: Org, _ data: OpenedServer) async throws -> [Finding] {
        var findings: [Finding] = []
        let keys = try await data.database.read { try SigningKeys.all(org: org.id, on: $0) }
        for purpose in SigningKeyPurpose.allCases {
            findings.append(
                Finding(
                    check: "an active key for \(purpose.rawValue)",
                    problem: keys.contains {
                        $0.purpose == purpose.rawValue && $0.state == SigningKeyState.active.rawValue
                    }
                        ? nil : "there is none; start the server, which makes one"
                )
            )
        }
        let found = try await data.database.read { try MasterKeyCheck.look(data.masterKey, org: org.id, on: $0) }
        findings.append(
            Finding(
                check: "the master key opens the signing keys",
                problem: found != .doesNotOpen
                    ? nil : "it does not; put back the master.key that was there when the keys were made"
            )
        )
        return findings + (try await apps(of: org, data))
    }

    private func apps(of org: Org, _ data: OpenedServer) async throws -> [Finding] {
        try await data.database.read { connection in
            try AppRecords.all(org: org.id, on: connection).map { stored in
                let check = "the app \(stored.components.developerName) can be read"
                do {
                    _ = try AppRecords.state(stored, on: connection)
                    return Finding(check: check, problem: nil)
                } catch {
                    return Finding(check: check, problem: "\(error)")
                }
            }
        }
    }
}
