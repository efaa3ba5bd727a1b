import ArgumentParser
import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import XML

extension AppCommand {
    /// `signet app retrieve FOLDER`.
    struct Retrieve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the metadata of the org's apps into a folder, as signet app deploy takes it.",
            discussion: """
                It has what you may see. Secrets are in it only with the permission for that and the switch of the org; the files are for you \
                alone all the same. Of \(CommandLineApp.developerName), the app of signet login, it writes the policies alone, and only when it is \
                named: the rest comes with each release of the server, and nobody deploys it. Of an app that came from a package, which comes whole when it \
                is named, deploy takes the policies alone.
                """
        )

        @Argument(help: "The folder: a new one, or an empty one.")
        var folder: String
        @Option(name: .customLong("app"), help: "Only this app, by its developer name; may be repeated.")
        var apps: [String] = []
        @Flag(help: "Put the files in the place of those that are there.")
        var overwrite = false
        @OptionGroup var options: ServerOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try requireRoom()
            let server = try options.server()
            let soap = MetadataSOAP(server: server)
            let id =
                try await soap.call("<retrieve>\(try await request(soap))</retrieve>").child("result")?.child("id")?
                .text
                ?? ""
            let result = try await Patience.poll { () -> XMLTree? in
                let answer = try await soap.call(
                    "<checkRetrieveStatus><asyncProcessId>\(MarkupText.escaped(id))</asyncProcessId><includeZip>true</includeZip></checkRetrieveStatus>"
                )
                guard let result = answer.child("result") else {
                    throw CommandFailure("the server does not say how far the retrieval \(id) is")
                }
                return result.child("done")?.text == "true" ? result : nil
            }
            guard result.child("success")?.text == "true", let zip = result.child("zipFile"),
                let archive = Data(base64Encoded: Data(zip.content), options: .ignoreUnknownCharacters)
            else {
                throw CommandFailure(result.child("errorMessage")?.text.printable ?? "the retrieval did not succeed")
            }
            for message in result.children("messages") {
                Terminal.progress("not retrieved: \(message.child("problem")?.text.printable ?? "")")
            }
            let files = try chosen(try ArchiveReader().files(of: Array(archive)))
            try write(files)
            show(files)
        }

        /// A retrieval of every document that apps have. What the org may not change comes by its name alone, so where apps are asked
        /// for, all names are listed.
        private func request(_ soap: MetadataSOAP) async throws -> String {
            let satellites = MetadataType.allCases.filter(\.isSatellite)
            let types = [.externalClientApplication, .connectedApp] + satellites
            var members = Dictionary(uniqueKeysWithValues: types.map { ($0.manifestName, ["*"]) })
            if !apps.isEmpty {
                // Together what one permission shows: who lacks it is told so by the retrieval.
                let lists =
                    [[.externalClientApplication]]
                    + stride(from: 0, to: satellites.count, by: Self.typesOfOneList).map {
                        satellites.dropFirst($0).prefix(Self.typesOfOneList)
                    }
                for list in lists {
                    do {
                        for file in try await listed(list, soap) {
                            members[file.type, default: []].append(file.name)
                        }
                    } catch let failure as CommandFailure
                        where failure.description.hasPrefix(StatusCode.insufficientAccess.rawValue)
                    {
                        continue
                    }
                }
            }
            let wanted = members.sorted { $0.key < $1.key }.map { type, names in
                let members = names.map { "<members>\(MarkupText.escaped($0))</members>" }.joined()
                return "<types>\(members)<name>\(type)</name></types>"
            }.joined()
            return
                "<retrieveRequest><apiVersion>\(SignedInServer.version)</apiVersion><singlePackage>true</singlePackage><unpackaged>\(wanted)</unpackaged></retrieveRequest>"
        }

        private func listed(_ types: ArraySlice<MetadataType>, _ soap: MetadataSOAP) async throws -> [(
            type: String, name: String
        )] {
            let queries = types.map { "<queries><type>\($0.manifestName)</type></queries>" }.joined()
            return try await soap.call("<listMetadata>\(queries)</listMetadata>").children("result").compactMap {
                file in
                guard let type = file.child("type")?.text, let name = file.child("fullName")?.text else { return nil }
                return (type, name)
            }
        }

        /// How many types one call may list (facts: app-model 11.5).
        private static let typesOfOneList = 3

        // MARK: Files

        private func requireRoom() throws {
            let there = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            guard there.isEmpty || overwrite else {
                throw CommandFailure("\(folder) has files; name a new folder, or replace them with --overwrite")
            }
        }

        /// The documents of the apps that are asked for, with a manifest of them. The app of the command line is in every org, so it comes
        /// only when it is named, and of it what can be deployed.
        private func chosen(_ files: [ArchiveEntry]) throws -> [ArchiveEntry] {
            let names = Set(apps.map { $0.lowercased() })
            let documents = files.filter { $0.path != "package.xml" }.map { (file: $0, app: Self.app(of: $0)) }
            let missing = names.subtracting(documents.compactMap { $0.app?.lowercased() })
            if let name = apps.first(where: { missing.contains($0.lowercased()) }) { throw AppLookUp.missing(name) }
            let own = CommandLineApp.developerName
            // An org may have had an app of its own by this name.
            let header = files.first { $0.path == MetadataType.externalClientApplication.path(of: own) }
            let isOfServer =
                header.map { Self.value("distributionState", in: $0) == DistributionState.autoInstalled.rawValue }
                ?? true
            let kept = documents.filter { document in
                let app = document.app?.lowercased() ?? ""
                guard isOfServer, app == own.lowercased() else { return names.isEmpty || names.contains(app) }
                let type = MetadataPath(document.file.path)?.type
                return names.contains(app) && type.map { !CommandLineApp.comesWithRelease($0) } ?? false
            }
            if names.isEmpty, kept.count < documents.count {
                Terminal.progress("\(own) is part of every org and left out; for its policies name it with --app")
            } else if isOfServer, names.contains(own.lowercased()) {
                Terminal.progress(
                    "Of \(own) the policies alone: its settings come with each release of the server, and nobody deploys them"
                )
            }
            let manifest = MetadataManifest.of(kept.map(\.file.path))
            return kept.map(\.file) + [ArchiveEntry(path: "package.xml", bytes: manifest.xml)]
        }

        /// The developer name of the app that a document is of.
        private static func app(of file: ArchiveEntry) -> String? {
            guard let path = MetadataPath(file.path) else { return nil }
            return path.type.isSatellite ? value("externalClientApplication", in: file) : path.fullName
        }

        private static func value(_ element: String, in file: ArchiveEntry) -> String? {
            guard let path = MetadataPath(file.path) else { return nil }
            let document = try? MetadataDocument.parse(path.type, fullName: path.fullName, bytes: file.bytes)
            return document.flatMap { MetadataDocument.elements(of: $0).first { $0.path == element }?.value }
        }

        private func write(_ files: [ArchiveEntry]) throws {
            for file in files {
                let path = folder + "/" + file.path
                try PrivateFolder.make((path as NSString).deletingLastPathComponent)
                try PrivateFile.write(file.bytes, to: path)
            }
        }

        private func show(_ files: [ArchiveEntry]) {
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("folder", folder)
                        json.array("files", of: files.map(\.path))
                    }
                )
            case .text: for file in files { Terminal.print(folder + "/" + file.path) }
            }
        }
    }
}
