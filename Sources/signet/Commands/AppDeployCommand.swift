import ArgumentParser
import ClientApps
import MetadataAPI
import NIOHTTP1
import OAuthTypes

extension AppCommand {
    /// `signet app deploy FOLDER`.
    struct Deploy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deploy a metadata folder to the server that you are signed in to: all of it, or nothing.",
            discussion: """
                The folder is that of signet app apply, or what signet app retrieve wrote; a package.xml at its root counts, else one is made \
                of all its documents. Of a source project, which has a file sfdx-project.json, the package directories are deployed; its \
                .forceignore is not read. The server works on one deployment of an org at a time; the command tells how far it is. A deployment \
                goes on when the command is interrupted: --report says where it stands, for 30 days, and ends with 1 if it failed.
                """
        )

        @Argument(help: "The folder.")
        var folder: String?
        @Option(
            help: ArgumentHelp(
                "Say where an earlier deployment stands, by the id that was shown when it began, and deploy nothing.",
                valueName: "id"
            )
        )
        var report: String?
        @Flag(help: "Say whether it could be deployed, and store nothing.")
        var checkOnly = false
        @Flag(
            help:
                "Do what cuts off clients at once: rotate keys and secrets as shouldRotateConsumerKey and …Secret ask."
        )
        var ignoreWarnings = false
        @OptionGroup var options: ServerOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard (folder == nil) != (report == nil) else {
                throw ValidationError("name the folder to deploy, or an earlier deployment with --report")
            }
            guard report == nil || !checkOnly && !ignoreWarnings else {
                throw ValidationError("--check-only and --ignore-warnings go with a folder, not with --report")
            }
        }

        func run() async throws {
            if let report { return try await show(report) }
            let deployed = try DeployedFolder(folder ?? "")
            let archive = try ArchiveWriter.archive(deployed.entries)
            let server = try options.serverForChange()
            let multipart = Multipart([
                .init(name: "json", contentType: "application/json", content: request),
                .init(name: "file", contentType: "application/zip", content: archive),
            ])
            let begun = try await server.send(
                .POST,
                "/metadata/deployRequest",
                body: multipart.body,
                contentType: multipart.contentType
            ).object()
            let id = begun.text("id").printable
            Terminal.progress("The deployment is \(id)")
            try finish(try await end(of: id, at: server), DeployText(names: deployed.names, server: repeated))
        }

        /// The options by which another command finds the same server.
        private var repeated: String { options.session.repeated }

        /// Says where an earlier deployment stands.
        private func show(_ id: String) async throws {
            let result = try await state(of: id, at: try options.server())
            let text = DeployText(names: [:], server: repeated)
            guard result.flag("done") else {
                return format.output.show(result) { text.underWay($0) }
            }
            try finish(result, text)
        }

        private func finish(_ result: JSONObject, _ text: DeployText) throws {
            if format.output == .json { Terminal.print(JSONText.bytes(.object(result))) }
            guard result.flag("success") else { throw CommandFailure(text.failure(result)) }
            if format.output == .text { Terminal.print(text.success(result)) }
        }

        /// Where a deployment stands.
        private func state(of id: String, at server: SignedInServer) async throws -> JSONObject {
            let resource = "/metadata/deployRequest/\(PercentEncoding.encode(id))?includeDetails=true"
            let answer = try await server.answer(.GET, resource)
            guard answer.status != 404 else {
                throw CommandFailure(
                    "no deployment of the org has the id '\(id)'; give the one that signet app deploy showed when it began, in the last 30 days"
                )
            }
            guard answer.isGood else { throw ServerRefusal(answer).failure }
            guard let result = try answer.object()["deployResult"]?.object else {
                throw CommandFailure("the server does not say how far it is")
            }
            return result
        }

        /// How a deployment ended, once it has; its progress is shown meanwhile.
        private func end(of id: String, at server: SignedInServer) async throws -> JSONObject {
            var shown = ""
            do {
                return try await Patience.poll {
                    let result = try await state(of: id, at: server)
                    let progress = DeployText.progress(result)
                    if progress != shown { Terminal.progress(progress) }
                    shown = progress
                    return result.flag("done") ? result : nil
                }
            } catch let failure as CommandFailure {
                throw CommandFailure(
                    "the server has the deployment \(id) and goes on with it, but how it ended is not known here: \(failure.description). Ask for it with: \(DeployText.reportCommand(id, repeated))"
                )
            }
        }

        private var request: [UInt8] {
            JSONWriter.object { json in
                json.object("deployOptions") { options in
                    options.member("checkOnly", checkOnly)
                    options.member("ignoreWarnings", ignoreWarnings)
                    options.member("rollbackOnError", true)
                    options.member("singlePackage", true)
                }
            }
        }
    }
}

/// A metadata folder on its way to the Metadata API.
private struct DeployedFolder {
    /// The files without the suffix that source projects add, and a manifest of them where there is none.
    let entries: [ArchiveEntry]
    /// The names that files have in the folder, by those that they have in the archive; those that differ alone.
    let names: [String: String]

    /// - Throws: ``CommandFailure`` for what is no metadata folder.
    init(_ folder: String) throws {
        let suffix = "-meta.xml"
        var (entries, names): ([ArchiveEntry], [String: String]) = ([], [:])
        for file in try MetadataFolder.read(folder) {
            let path = file.path.hasSuffix(suffix) ? String(file.path.dropLast(suffix.count)) : file.path
            if path != file.path { names[path] = file.path }
            entries.append(ArchiveEntry(path: path, bytes: file.bytes))
        }
        if !entries.contains(where: { $0.path == "package.xml" }) {
            entries.append(ArchiveEntry(path: "package.xml", bytes: MetadataManifest.of(entries.map(\.path)).xml))
        }
        (self.entries, self.names) = (entries, names)
    }
}

/// Manifests of what is in a folder.
enum MetadataManifest {
    /// The documents at some paths, named one by one; what is no document is left to the server to refuse.
    static func of(_ paths: [String]) -> PackageManifest {
        let documents = paths.compactMap { MetadataPath($0) }
        let types = Set(documents.map(\.type.manifestName)).sorted()
        return PackageManifest(
            entries: types.map { type in
                .init(type: type, members: documents.filter { $0.type.manifestName == type }.map(\.fullName).sorted())
            },
            version: SignedInServer.version
        )
    }
}
