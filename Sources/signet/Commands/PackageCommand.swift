import ArgumentParser
import ClientApps
import MetadataAPI
import NIOHTTP1
import OAuthTypes
import Orgs
import Storage
import Tokens

/// `signet package`.
struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Make packages of external client apps, and install them in other orgs.",
        discussion: """
            A package carries the developer's part of an app (header, OAuth settings, plugins, suggested policy values) and is signed by \
            its org. Global settings, secrets and policies never leave an org.
            """,
        subcommands: [
            Create.self, Key.self, Inspect.self, Trust.self, Distrust.self, Install.self, Upgrade.self, Uninstall.self,
            List.self,
        ]
    )

    /// `signet package create NAME`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a signed package of an app whose distributionState is Packaged."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @Option(help: "The version, such as 1.0.0; above every one that was made before.")
        var version: String
        @Option(help: "Where to write the package.")
        var out: String
        @Option(
            help: ArgumentHelp(
                "A document of OAuth policies with the values that you suggest to admins; no users, profiles or flows.",
                valueName: "file"
            )
        )
        var defaults: String?
        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard PackageVersion(version) != nil else {
                throw ValidationError("--version must be three numbers such as 1.0.0")
            }
        }

        func run() async throws {
            guard let version = PackageVersion(version) else { throw ExitCode(2) }
            let defaults = try defaults.map { (policies: try PackageFile.policies($0), path: $0) }
            let (name, out) = (name, out)
            switch try place.chosenForChange() {
            case .data(let options):
                try await options.run { data in
                    let export = PackageExport(
                        org: data.org.org,
                        actor: .commandLine("package create"),
                        now: data.now,
                        masterKey: data.masterKey
                    )
                    try await PackageFailure.explained {
                        try await data.database.write { connection in
                            let app = try PackageFile.app(name, export.org, on: connection)
                            let made = try export.create(
                                app.id,
                                version: version,
                                defaults: defaults?.policies,
                                on: connection
                            )
                            // Within the transaction: a version that could not be written was not made.
                            try PackageFile.write(made.bytes, to: out)
                        }
                    }
                }
            case .server(let server):
                try PackageFile.requireFree(out)
                let document = try defaults.map { try RegularFile.read($0.path, limit: SourceFile.maximumBytes) }
                try PackageFile.write(
                    try await ServerPackages(server: server).create(name, version, defaults: document),
                    to: out
                )
            }
            let manifest = try PackageFile.read(out).package.manifest
            let facts = try JSONText.object(JSONWriter.object { PackageFacts.write(manifest, &$0) })
            format.output.show(facts) { "\(out)\n" + PackageText.manifest($0) }
        }
    }

    /// `signet package key`.
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the fingerprint of the key that this org signs packages with; it is made at first."
        )

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let facts =
                switch try place.chosen() {
                case .data(let options):
                    try JSONText.object(
                        try await options.run { data in
                            let export = PackageExport(
                                org: data.org.org,
                                actor: .commandLine("package key"),
                                now: data.now,
                                masterKey: data.masterKey
                            )
                            let key = try await data.database.write { try export.key(on: $0).publicKey }
                            return JSONWriter.object { json in
                                json.member("issuer", data.org.org.issuer)
                                json.member("fingerprint", key.fingerprint)
                            }
                        }
                    )
                case .server(let server): try await server.send(.GET, "/signet/packages/key").object()
                }
            format.output.show(facts) { "\($0.text("fingerprint")) \($0.text("issuer"))" }
        }
    }

    /// `signet package inspect FILE`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the signature of a package and show what is in it; nothing is stored."
        )

        @Argument(help: "The package.")
        var file: String
        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let (package, bytes) = try PackageFile.read(file)
            let facts =
                switch try place.chosen() {
                case .data(let options):
                    try JSONText.object(
                        try await options.run { data in
                            let org = data.org.org.id
                            let signers = try await data.database.read { try PackageSigners.all(org: org, on: $0) }
                            let isTrusted = signers.contains { $0.fingerprint == package.manifest.key.fingerprint }
                            return JSONWriter.object { PackageFacts.write(package, isTrusted: isTrusted, &$0) }
                        }
                    )
                case .server(let server): try await ServerPackages(server: server).inspect(bytes)
                }
            format.output.show(facts) { PackageText.inspection($0) }
        }
    }

    /// `signet package trust FILE`.
    struct Trust: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust the key that signed a package, from now on and for all packages that it signs.",
            discussion:
                "The fingerprint is what its maker says it is, by another way than the package: signet package key."
        )

        @Argument(help: "A package that the key signed.")
        var file: String
        @Option(help: "The fingerprint of the key, as its maker says it.")
        var fingerprint: String
        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let (package, bytes) = try PackageFile.read(file)
            let manifest = package.manifest
            guard manifest.key.fingerprint == fingerprint else {
                throw CommandFailure(
                    "the key that signed the package has another fingerprint: \(manifest.key.fingerprint). Trust it only if its maker says this one"
                )
            }
            switch try place.chosenForChange() {
            case .data(let options):
                try await options.run { data in
                    try await data.database.write { connection in
                        try PackageSigners.trust(
                            fingerprint,
                            issuer: manifest.issuer,
                            org: data.org.org.id,
                            by: .commandLine("package trust"),
                            now: data.now,
                            on: connection
                        )
                    }
                }
            case .server(let server): try await ServerPackages(server: server).trust(fingerprint, bytes)
            }
            Terminal.print("packages signed by \(fingerprint) (\(manifest.issuer)) may be installed in this org")
        }
    }

    /// `signet package distrust FINGERPRINT`.
    struct Distrust: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust a key no more; what is installed stays, and is not upgraded."
        )

        @Argument(help: "The fingerprint; see: signet package list.")
        var fingerprint: String
        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let fingerprint = fingerprint
            let wasTrusted: Bool
            let list: String
            switch try place.chosenForChange() {
            case .data(let options):
                list = options.hint("package list")
                wasTrusted = try await options.run { data in
                    try await data.database.write { connection in
                        try PackageSigners.distrust(
                            fingerprint,
                            org: data.org.org.id,
                            by: .commandLine("package distrust"),
                            now: data.now,
                            on: connection
                        )
                    }
                }
            case .server(let server):
                list = "signet package list"
                wasTrusted = try await ServerPackages(server: server).distrust(fingerprint)
            }
            guard wasTrusted else { throw CommandFailure("\(fingerprint) was not trusted; see: \(list)") }
            Terminal.print("packages signed by \(fingerprint) are refused from now on")
        }
    }
}
