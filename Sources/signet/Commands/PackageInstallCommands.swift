import ArgumentParser
import ClientApps
import MetadataAPI
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
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let package = try PackageFile.read(file)
            let settings = try global.map { try PackageFile.globalSettings($0, package.manifest.name) }
            try await PackageStep.run(
                package,
                settings.map { .installDisassociated($0) } ?? .installAssociated,
                "package install",
                approval,
                options,
                format.output
            )
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
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let request = PackageInstallation.Request.upgrade(allowsDowngrade: allowDowngrade)
            let package = try PackageFile.read(file)
            try await PackageStep.run(package, request, "package upgrade", approval, options, format.output)
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
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            try await options.run { data in
                let installation = data.installation("package uninstall")
                try await PackageFailure.explained {
                    try await data.database.write { connection in
                        let app = try PackageFile.app(name, installation.org, on: connection)
                        try installation.uninstall(app, on: connection)
                    }
                }
            }
            Terminal.print("\(name) is uninstalled")
        }
    }

    /// `signet package list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the packages that this org installed and made, and whose it trusts."
        )

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let facts = try await options.run { data in
                try await data.database.read { try PackageFacts.Listing(data.org.org.id, on: $0) }
            }
            switch format.output {
            case .json: Terminal.print(JSONWriter.object { facts.write(&$0) })
            case .text: Terminal.print(facts.text)
            }
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
private enum PackageStep {
    static func run(
        _ package: AppPackage,
        _ request: PackageInstallation.Request,
        _ command: String,
        _ approval: Approval,
        _ options: OrgOptions,
        _ output: OutputFormat
    ) async throws {
        try await options.run { data in
            let installation = data.installation(command)
            let plan = try await PackageFailure.explained {
                try await installation.plan(package, request, in: data.database)
            }
            guard approval.yes else {
                show(plan, nil, output)
                throw CommandFailure("nothing was done: look at the differences, then run it again with --yes")
            }
            let installed = try await PackageFailure.explained {
                try await installation.perform(package, request, approved: plan, in: data.database)
            }
            show(plan, installed, output)
        }
    }

    private static func show(
        _ plan: PackagePlan,
        _ installed: PackageInstallation.Installed?,
        _ output: OutputFormat
    ) {
        switch output {
        case .json: Terminal.print(JSONWriter.object { PackageFacts.write(plan, installed, &$0) })
        case .text: Terminal.print(PackageFacts.text(plan, installed))
        }
    }
}
