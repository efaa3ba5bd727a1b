import ArgumentParser
import ClientApps
import MetadataAPI
import NIOHTTP1
import OAuthTypes
import Orgs
import Storage

extension PackageCommand {
    /// `signet package install FILE`.
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install a package in this org, after showing what it would bring.",
            discussion: """
                An app of an org of this server has the consumer key and secret of that org's app. With --global it has global settings and \
                a consumer of its own, as an app of another server must.
                """
        )

        @Argument(help: "The package.")
        var file: String
        @Option(
            help: ArgumentHelp(
                "A document of global OAuth settings, for an app with a consumer of its own.",
                valueName: "file"
            )
        )
        var global: String?
        @OptionGroup var approval: Approval
        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let (package, bytes) = try PackageFile.read(file)
            let settings = try global.map { try PackageFile.globalSettings($0, package.manifest.name) }
            let document = try global.map { try RegularFile.read($0, limit: SourceFile.maximumBytes) }
            let step = PackageStep(
                package: package,
                request: settings.map { .installDisassociated($0) } ?? .installAssociated,
                command: "package install",
                upload: .init(package: bytes, global: document, query: "step=install")
            )
            try await step.run(place, approval, format.output)
        }
    }

    /// `signet package upgrade FILE`.
    struct Upgrade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Put another version of a package in the place of the installed one; the policies of this org stay."
        )

        @Argument(help: "The package.")
        var file: String
        @Flag(help: "Go back to a lower version.")
        var allowDowngrade = false
        @OptionGroup var approval: Approval
        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let (package, bytes) = try PackageFile.read(file)
            let step = PackageStep(
                package: package,
                request: .upgrade(allowsDowngrade: allowDowngrade),
                command: "package upgrade",
                upload: .init(package: bytes, global: nil, query: "step=upgrade&allowDowngrade=\(allowDowngrade)")
            )
            try await step.run(place, approval, format.output)
        }
    }

    /// `signet package uninstall NAME`.
    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Uninstall an app that came from a package; every token, grant, consent and policy of it ends in this org."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let name = name
            switch try place.chosenForChange() {
            case .data(let options):
                try await options.run { data in
                    let installation = data.installation("package uninstall")
                    try await PackageFailure.explained {
                        try await data.database.write { connection in
                            let app = try PackageFile.app(name, installation.org, on: connection)
                            try installation.uninstall(app, on: connection)
                        }
                    }
                }
            case .server(let server): try await ServerPackages(server: server).uninstall(name)
            }
            Terminal.print("\(name) is uninstalled")
        }
    }

    /// `signet package list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the packages that this org installed and made, and whose it trusts."
        )

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let facts =
                switch try place.chosen() {
                case .data(let options):
                    try JSONText.object(
                        try await options.run { data in
                            let org = data.org.org.id
                            let listing = try await data.database.read { try PackageFacts.Listing(org, on: $0) }
                            return JSONWriter.object { listing.write(&$0) }
                        }
                    )
                case .server(let server): try await server.send(.GET, "/signet/packages").object()
                }
            format.output.show(facts) { PackageText.listing($0) }
        }
    }
}

/// Whether what is shown is approved.
struct Approval: ParsableArguments {
    @Flag(help: "Approve the differences that are shown; without it nothing is done.")
    var yes = false
}

extension OpenedOrg {
    func installation(_ command: String) -> PackageInstallation {
        PackageInstallation(org: org.org, actor: .commandLine(command), now: now, masterKey: masterKey)
    }
}

/// One installation or upgrade: the differences are shown, and what was shown is done if it is approved.
private struct PackageStep {
    let package: AppPackage
    let request: PackageInstallation.Request
    let command: String
    let upload: ServerPackages.Upload

    func run(_ place: PlaceOptions, _ approval: Approval, _ output: OutputFormat) async throws {
        let isApproved = approval.yes
        let facts =
            switch isApproved ? try place.chosenForChange() : try place.chosen() {
            case .data(let options): try await done(options, isApproved: isApproved)
            case .server(let server):
                try await ServerPackages(server: server).install(upload, isApproved: isApproved)
            }
        output.show(facts) { PackageText.plan($0) }
        guard isApproved else {
            throw CommandFailure("nothing was done: look at the differences, then run it again with --yes")
        }
    }

    private func done(_ options: OrgOptions, isApproved: Bool) async throws -> JSONObject {
        let bytes = try await options.run { data in
            let installation = data.installation(command)
            return try await PackageFailure.explained {
                let plan = try await installation.plan(package, request, in: data.database)
                let installed =
                    isApproved
                    ? try await installation.perform(package, request, approved: plan, in: data.database) : nil
                return JSONWriter.object { PackageFacts.write(plan, installed, &$0) }
            }
        }
        return try JSONText.object(bytes)
    }
}
