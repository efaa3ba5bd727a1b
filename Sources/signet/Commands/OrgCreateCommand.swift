import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage

extension OrgCommand {
    /// `signet org create NAME`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an org beside those that the server has.",
            discussion: """
                It has an issuer, users, apps and signing keys of its own, and nothing of another org is any good there. The password of \
                its admin is printed once. A running server serves it within a second. Its host must lead to this server, and the \
                certificate must have the name.
                """
        )

        @Argument(help: "The name that people read.")
        var name: String
        @Option(
            help: ArgumentHelp(
                "The host of its issuer, at the scheme and port of the server's first org. It cannot be changed later.",
                valueName: "host"
            )
        )
        var myDomain: String
        @Option(
            help: "What the org may do: \(Edition.allCases.map(\.rawValue).joined(separator: ", ")).",
            transform: EditionName.edition
        )
        var edition = Edition.developer
        @Option(
            help: ArgumentHelp(
                "The admin's username, which no org of the server has (default: admin@HOST).",
                valueName: "username"
            )
        )
        var admin: String?

        @OptionGroup var options: DataOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            try OrgName.require(name, "the name")
            if let admin { try EmailForm.require(admin, "--admin") }
        }

        func run() async throws {
            let password = NewPassword.generate()
            let hash = try NewPassword.hash(password)
            let made = try await options.run { server in
                let new = NewOrg(
                    org: try org(of: server),
                    users: [
                        .init(
                            username: admin ?? "admin@\(myDomain)",
                            lastName: "Admin",
                            profile: Profile.systemAdministrator,
                            hash: hash
                        )
                    ],
                    masterKey: server.masterKey,
                    actor: .commandLine("org create")
                )
                do {
                    try await server.database.write { try new.insert(now: server.now, on: $0) }
                } catch let violation as ConstraintViolation where violation.kind == .unique {
                    throw CommandFailure(
                        "another command has just taken the host or the username; see: signet org list"
                    )
                }
                // A running server makes the keys as well, whoever is first.
                try await KeyKeeper(database: server.database, masterKey: server.masterKey)
                    .keep(new.org.id, now: server.now)
                return new
            }
            show(made, password)
        }

        private func org(of server: OpenedServer) throws -> Org {
            guard let first = WebOrigin(server.issuer), let origin = first.sibling(host: myDomain) else {
                throw CommandFailure(
                    WebOrigin(server.issuer)?.isHTTPS == false
                        ? "--my-domain must be a name under localhost, such as acme.localhost: the server's first org is \(server.issuer), without TLS and for this machine alone"
                        : "--my-domain must be a host name in lower case without scheme, port and path, such as acme.example.com"
                )
            }
            let authority = Authority(origin: origin.text)
            if let other = server.orgs.first(where: { Authority(origin: $0.org.issuer).aliases.contains(authority) }) {
                throw CommandFailure("the host \(myDomain) is that of the org \(other.org.name); choose another")
            }
            guard admin != nil || EmailForm.isForm("admin@\(myDomain)") else {
                throw CommandFailure(
                    "admin@\(myDomain) has not the form of an e-mail address, which a username must have: name the admin with --admin"
                )
            }
            var randomness = SystemRandomNumberGenerator()
            return Org(
                id: OrgID.make(prefix: Org.idPrefix, now: server.now, using: &randomness),
                name: name,
                edition: edition,
                issuer: origin.text,
                createdAt: server.now
            )
        }

        private func show(_ made: NewOrg, _ password: Secret) {
            let username = made.users.first?.username ?? ""
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("issuer", made.org.issuer)
                        json.member("orgId", made.org.id.rawValue)
                        json.member("name", made.org.name)
                        json.member("edition", made.org.edition.rawValue)
                        json.member("adminUsername", username)
                        json.member("adminPassword", password.revealed)
                    }
                )
            case .text:
                Terminal.print(
                    """
                    Issuer:            \(made.org.issuer)
                    Org:               \(made.org.id.rawValue)
                    Admin:             \(username)
                    Admin's password:  \(password.revealed)   (shown this once)
                    """
                )
            }
        }
    }

    /// `signet org list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the orgs of the server.")

        @OptionGroup var options: DataOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let orgs = try await options.run { $0.orgs.map(\.org) }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in
                    for org in orgs {
                        array.object { object in
                            object.member("id", org.id.rawValue)
                            object.member("name", org.name)
                            object.member("edition", org.edition.rawValue)
                            object.member("issuer", org.issuer)
                            object.member("isActive", org.isActive)
                            object.member("createdAt", org.createdAt.rfc3339)
                        }
                    }
                }
                Terminal.print(json.bytes)
            case .text:
                for org in orgs {
                    let state = org.isActive ? "active" : "locked"
                    Terminal.print("\(org.id.rawValue)\t\(org.name)\t\(org.edition.rawValue)\t\(org.issuer)\t\(state)")
                }
            }
        }
    }
}

/// An edition as it is given.
enum EditionName {
    /// - Throws: `ValidationError` that lists the editions there are.
    static func edition(_ text: String) throws -> Edition {
        if let edition = Edition(rawValue: text) { return edition }
        throw ValidationError(
            "no edition is named '\(text)'; there are: \(Edition.allCases.map(\.rawValue).joined(separator: ", "))"
        )
    }
}

/// The form that names of orgs must have.
enum OrgName {
    /// - Throws: `ValidationError` that names the option.
    static func require(_ name: String, _ option: String) throws {
        try ShownText.require(name, option)
        guard !name.isEmpty, name.utf8.count <= 80 else {
            throw ValidationError("\(option) must have from 1 to 80 bytes")
        }
    }
}
