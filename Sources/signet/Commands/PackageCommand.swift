import ArgumentParser
import ClientApps
import MetadataAPI
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
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard PackageVersion(version) != nil else {
                throw ValidationError("--version must be three numbers such as 1.0.0")
            }
        }

        func run() async throws {
            guard let version = PackageVersion(version) else { throw ExitCode(2) }
            let defaults = try defaults.map { try PackageFile.policies($0) }
            let (name, out) = (name, out)
            let made = try await options.run { data in
                let export = PackageExport(
                    org: data.org.org,
                    actor: .commandLine("package create"),
                    now: data.now,
                    masterKey: data.masterKey
                )
                return try await PackageFailure.explained {
                    try await data.database.write { connection in
                        let app = try PackageFile.app(name, export.org, on: connection)
                        let made = try export.create(app, version: version, defaults: defaults, on: connection)
                        // Within the transaction: a version that could not be written was not made.
                        try PackageFile.write(made.bytes, to: out)
                        return made
                    }
                }
            }
            switch format.output {
            case .json: Terminal.print(JSONWriter.object { PackageFacts.write(made.manifest, &$0) })
            case .text: Terminal.print("\(out)\n" + PackageFacts.text(made.manifest))
            }
        }
    }

    /// `signet package key`.
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the fingerprint of the key that this org signs packages with; it is made at first."
        )

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let (issuer, key) = try await options.run { data in
                let export = PackageExport(
                    org: data.org.org,
                    actor: .commandLine("package key"),
                    now: data.now,
                    masterKey: data.masterKey
                )
                let key = try await data.database.write { try export.key(on: $0).publicKey }
                return (data.org.org.issuer, key)
            }
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("issuer", issuer)
                        json.member("fingerprint", key.fingerprint)
                    }
                )
            case .text: Terminal.print("\(key.fingerprint) \(issuer)")
            }
        }
    }

    /// `signet package inspect FILE`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the signature of a package and show what is in it; nothing is stored."
        )

        @Argument(help: "The package.")
        var file: String
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let package = try PackageFile.read(file)
            let isTrusted = try await options.run { data in
                try await data.database.read { connection in
                    try PackageSigners.all(org: data.org.org.id, on: connection)
                        .contains { $0.fingerprint == package.manifest.key.fingerprint }
                }
            }
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        PackageFacts.write(package.manifest, &json)
                        json.member("isTrusted", isTrusted)
                        json.object("elements") { elements in
                            for element in PackageFacts.elements(package) {
                                elements.member(named: element.name, element.value)
                            }
                        }
                    }
                )
            case .text:
                let trust = isTrusted ? "trusted by this org" : "not trusted by this org"
                let lines = PackageFacts.elements(package).map { "  \($0.name): \(ForecastFacts.shown($0.value))" }
                Terminal.print(
                    ([PackageFacts.text(package.manifest), "  signature: good, by a key \(trust)"] + lines)
                        .joined(separator: "\n")
                )
            }
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
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let manifest = try PackageFile.read(file).manifest
            guard manifest.key.fingerprint == fingerprint else {
                throw CommandFailure(
                    "the key that signed the package has another fingerprint: \(manifest.key.fingerprint). Trust it only if its maker says this one"
                )
            }
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
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let fingerprint = fingerprint
            let wasTrusted = try await options.run { data in
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
            guard wasTrusted else {
                throw CommandFailure("\(fingerprint) was not trusted; see: \(options.hint("package list"))")
            }
            Terminal.print("packages signed by \(fingerprint) are refused from now on")
        }
    }
}
