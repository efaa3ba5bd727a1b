import ArgumentParser
import ClientApps
import Foundation
import Orgs

extension AppCommand {
    /// `signet app new NAME`.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the metadata folder of a new external client app, to be looked at, changed and applied.",
            discussion: """
                Nothing is registered yet: signet app apply or signet app deploy does that, or any tool that deploys metadata. The app issues JWT access \
                tokens and has the web server flow with PKCE; --client-credentials-user and --certificate add client credentials and \
                JWT bearer. What the admin decides is written into a document of policies.
                """
        )

        @Argument(help: "The developer name of the app: letters, digits and single underscores.")
        var name: String
        @Option(help: ArgumentHelp("The folder to write to (default: the name).", valueName: "dir"))
        var into: String?
        @Option(help: "The name that people see (default: the name).")
        var label: String?
        @Option(help: "Whom an admin can write to.")
        var contactEmail: String?
        @Option(name: .customLong("callback-url"), help: "Where codes are sent to; may be repeated.")
        var callbackURLs = ["http://localhost:1717/OauthRedirect"]
        @Option(name: .customLong("scope"), help: "A scope by its name in metadata; may be repeated.")
        var scopes = ["Api", "RefreshToken"]
        @Flag(help: "Issue opaque access tokens in place of JWTs.")
        var opaque = false
        @Flag(help: "Let the app travel in packages.")
        var packaged = false
        @Option(
            help: ArgumentHelp("Allow client credentials, for this user, who must be API only.", valueName: "username")
        )
        var clientCredentialsUser: String?
        @Option(
            help: ArgumentHelp("A certificate (PEM) that JWT bearer assertions are checked with.", valueName: "file")
        )
        var certificate: String?
        @Option(
            name: .customLong("profile"),
            help: "Approve the users of this profile, and no others without a permission set; may be repeated."
        )
        var profiles: [String] = []
        @Option(
            name: .customLong("permission-set"),
            help: "Approve the users of this permission set, and no others without a profile; may be repeated."
        )
        var permissionSets: [String] = []
        @Option(help: ArgumentHelp("How long JWT access tokens live.", valueName: "minutes"))
        var jwtTimeout: Int?

        func run() throws {
            let folder = into ?? name
            let files = try files()
            for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file.path)") {
                throw CommandFailure(
                    "\(folder)/\(file.path) exists already; change it there, or name another folder with --into"
                )
            }
            for file in files {
                let path = "\(folder)/\(file.path)"
                do {
                    try FileManager.default.createDirectory(
                        atPath: (path as NSString).deletingLastPathComponent,
                        withIntermediateDirectories: true
                    )
                    try Data(file.bytes).write(to: URL(filePath: path), options: .withoutOverwriting)
                } catch {
                    throw CommandFailure("\(path) cannot be written: \(FileProblem.reason(error))")
                }
                Terminal.print(path)
            }
            let named = ShellWord.quoted(folder)
            Terminal.progress(
                "Nothing is registered yet. Next: signet app apply \(named) on the machine of the server, or signet app deploy \(named) where you are signed in to it"
            )
        }

        /// The documents, held to the rules of a deployment but for what only an org knows.
        private func files() throws -> [SourceFile] {
            var app = AppComponents(developerName: name, header: header)
            app.globalOAuth = .init(fullName: "\(name)_glbloauth", record: try global())
            app.oauth = .init(fullName: "\(name)_oauth", record: oauth)
            app.oauthPolicies = policies.map { .init(fullName: "\(name)_oauthPlcy", record: $0) }
            let problems = AppRules.problems(of: app, existsAlready: false) { $0.rawValue }
            guard problems.isEmpty else { throw ValidationError(MetadataErrors(errors: problems).description) }
            return app.documents.map { document in
                SourceFile(path: document.type.path(of: document.fullName), bytes: MetadataDocument.xml(document))
            }
        }

        private var header: ExternalClientApplication {
            var header = ExternalClientApplication()
            header.contactEmail = contactEmail
            header.distributionState = packaged ? .packaged : .local
            header.label = label ?? name
            return header
        }

        private func global() throws -> GlobalOAuthSettings {
            var global = GlobalOAuthSettings()
            global.callbackURL = callbackURLs.joined(separator: "\n")
            global.certificate = try certificate.map { String(decoding: try NamedFile.read($0), as: UTF8.self) }
            global.externalClientApplication = name
            global.isClientCredentialsFlowEnabled = clientCredentialsUser != nil
            global.isNamedUserJWTEnabled = !opaque
            global.isPKCERequired = true
            global.label = "\(name) global"
            return global
        }

        private var oauth: OAuthSettings {
            var oauth = OAuthSettings()
            oauth.commaSeparatedOAuthScopes = scopes.joined(separator: ", ")
            oauth.externalClientApplication = name
            oauth.label = "\(name) OAuth"
            return oauth
        }

        /// What the admin decides; `nil` leaves it to the policies that a new app has.
        private var policies: OAuthPolicies? {
            let isApproved = !profiles.isEmpty || !permissionSets.isEmpty
            guard clientCredentialsUser != nil || isApproved || jwtTimeout != nil else { return nil }
            var policies = OAuthPolicies()
            policies.externalClientApplication = name
            if let clientCredentialsUser {
                (policies.clientCredentialsFlowUser, policies.isClientCredentialsFlowEnabled) = (
                    clientCredentialsUser, true
                )
            }
            if isApproved { policies.permittedUsersPolicyType = .adminApprovedPreAuthorized }
            if !profiles.isEmpty { policies.commaSeparatedProfile = profiles.joined(separator: ", ") }
            if !permissionSets.isEmpty { policies.commaSeparatedPermissionSet = permissionSets.joined(separator: ", ") }
            if let jwtTimeout {
                (policies.namedUserJWTSessionTimeoutType, policies.namedUserJWTTimeout) = (.custom, jwtTimeout)
            }
            return policies
        }
    }
}
