import ArgumentParser
import ClientApps
import Foundation
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
                of all its documents. The server works on one deployment of an org at a time; the command tells how far it is.
                """
        )

        @Argument(help: "The folder.")
        var folder: String
        @Flag(help: "Say whether it could be deployed, and store nothing.")
        var checkOnly = false
        @Flag(
            help:
                "Do what cuts off clients at once: rotate keys and secrets as shouldRotateConsumerKey and …Secret ask."
        )
        var ignoreWarnings = false
        @OptionGroup var options: ServerOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let archive = try ArchiveWriter.archive(DeployedFolder.entries(of: folder))
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
            let result = try await end(of: begun.text("id").printable, at: server)
            if format.output == .json { Terminal.print(JSONText.bytes(.object(result))) }
            guard result.flag("success") else { throw CommandFailure(DeployText.failure(result)) }
            if format.output == .text { Terminal.print(DeployText.success(result, options.session.repeated)) }
        }

        /// How a deployment ended, once it has; its progress is shown meanwhile.
        private func end(of id: String, at server: SignedInServer) async throws -> JSONObject {
            let resource = "/metadata/deployRequest/\(id)?includeDetails=true"
            var shown = ""
            do {
                return try await Patience.poll {
                    let state = try await server.send(.GET, resource).object()
                    guard let result = state["deployResult"]?.object else {
                        throw CommandFailure("the server does not say how far it is")
                    }
                    let progress = DeployText.progress(result)
                    if progress != shown { Terminal.progress(progress) }
                    shown = progress
                    return result.flag("done") ? result : nil
                }
            } catch let failure as CommandFailure {
                throw CommandFailure(
                    "the server has the deployment \(id) and goes on with it, but how it ended is not known here: \(failure.description). Ask for it with an access token: GET \(server.address(of: resource)). Or deploy the folder again once this one is done: what it did is then told as unchanged."
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

/// A metadata folder as an archive for the Metadata API.
private enum DeployedFolder {
    /// The files without the suffix that source projects add, and a manifest of them where there is none.
    static func entries(of folder: String) throws -> [ArchiveEntry] {
        let suffix = "-meta.xml"
        var entries = try MetadataFolder.read(folder).map { file in
            let path = file.path.hasSuffix(suffix) ? String(file.path.dropLast(suffix.count)) : file.path
            return ArchiveEntry(path: path, bytes: file.bytes)
        }
        if !entries.contains(where: { $0.path == "package.xml" }) {
            entries.append(ArchiveEntry(path: "package.xml", bytes: MetadataManifest.of(entries.map(\.path)).xml))
        }
        return entries
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

/// A deployment as people read it.
private enum DeployText {
    static func progress(_ result: JSONObject) -> String {
        let verb = result.flag("checkOnly") ? "checked" : "deployed"
        // Until the archive was read, nobody knows of how many.
        guard result.number("numberComponentsTotal") > 0 else { return result.text("status") }
        return
            "\(result.text("status")): \(result.number("numberComponentsDeployed")) of \(result.number("numberComponentsTotal")) components \(verb)"
    }

    /// What became of what; what is as it was is counted, and not named.
    ///
    /// - Parameter server: the options by which another command finds the server.
    static func success(_ result: JSONObject, _ server: String) -> String {
        let details = result["details"]?.object ?? JSONObject()
        let isCheck = result.flag("checkOnly")
        // The manifest is told of as a component without a type.
        let components = details.objects("componentSuccesses").filter { !$0.text("componentType").isEmpty }
        let changed = components.filter { change($0) != nil }
        var lines = changed.map { "  \(change($0) ?? "") \($0.text("componentType")) \($0.text("fullName"))" }
        // What was accepted with a warning is told among the failures or the successes, each with its problem.
        let told = details.objects("componentFailures") + details.objects("componentSuccesses")
        lines += told.filter { $0["problem"]?.string != nil }.map { "  warning: \(place($0))" }
        if !isCheck {
            lines += newApps(components).map { "key and secret of \($0): signet app show \($0) --secret\(server)" }
        }
        let done = isCheck ? "could be deployed; nothing was stored" : "deployed"
        let unchanged = components.count - changed.count
        let rest = unchanged > 0 ? ", \(unchanged) of them unchanged" : ""
        return (["\(components.count) components \(done)\(rest) (\(result.text("id")))"] + lines)
            .joined(separator: "\n").printableLines
    }

    /// The word for what became of a component; `nil` for one that is as it was.
    private static func change(_ component: JSONObject) -> String? {
        component.flag("deleted")
            ? "deleted" : component.flag("created") ? "created" : component.flag("changed") ? "changed" : nil
    }

    /// The external client apps that have their first consumer by a deployment.
    private static func newApps(_ components: [JSONObject]) -> [String] {
        func created(_ type: MetadataType) -> [JSONObject] {
            components.filter { $0.flag("created") && $0.text("componentType") == type.rawValue }
        }
        guard !created(.globalOAuthSettings).isEmpty else { return [] }
        return created(.externalClientApplication).map { $0.text("fullName") }
    }

    /// Each component that was refused, with its file and the remedy.
    static func failure(_ result: JSONObject) -> String {
        let problems = result["details"]?.object?.objects("componentFailures") ?? []
        let reason = result["errorMessage"]?.string.map { ": \($0)" } ?? ""
        let head = "the deployment \(result.text("id")) ended as \(result.text("status"))\(reason); nothing was stored"
        return ([head] + problems.map { "  \(place($0))" }).joined(separator: "\n").printableLines
    }

    private static func place(_ component: JSONObject) -> String {
        let line = component["lineNumber"]?.integer.map { ":\($0)" } ?? ""
        return "\(component.text("fileName"))\(line): \(component.text("problem"))"
    }
}

extension String {
    /// The text with its lines, and nothing else that acts on a terminal.
    fileprivate var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }
}
