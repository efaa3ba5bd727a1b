import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage

/// `signet keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List, rotate and revoke the signing keys of the org.",
        subcommands: [List.self, Rotate.self, Revoke.self]
    )

    /// `signet keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the published keys.")

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let keys = try await options.run { data in
                try await data.database.read { try SigningKeys.all(org: data.org.org.id, on: $0) }
            }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in
                    for key in keys {
                        array.object { object in
                            object.member("kid", key.kid)
                            object.member("purpose", key.purpose)
                            object.member("state", key.state)
                            object.member("createdAt", key.createdAt.rfc3339)
                            object.member("activatedAt", ifPresent: key.activatedAt.map(\.rfc3339))
                            object.member("usableUntil", ifPresent: key.usableUntil.map(\.rfc3339))
                        }
                    }
                }
                Terminal.print(json.bytes)
            case .text:
                for key in keys {
                    Terminal.print("\(key.kid)\t\(key.purpose)\t\(key.state)\tsince \(key.createdAt.rfc3339)")
                }
            }
        }
    }

    /// `signet keys rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start a rotation: the next keys are published now and sign an hour later."
        )

        @OptionGroup var options: OrgOptions

        func run() async throws {
            let made = try await options.run { data in
                try await KeyKeeper(database: data.database, masterKey: data.masterKey).rotate(
                    data.org.org.id,
                    by: .commandLine("keys rotate"),
                    now: data.now
                )
            }
            guard !made.isEmpty else {
                Terminal.print("a rotation is under way already; see: \(options.hint("keys list"))")
                return
            }
            for kid in made { Terminal.print("published \(kid)") }
        }
    }

    /// `signet keys revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke all JWT access tokens of the org by dropping their keys at once.",
            discussion: """
                External systems refuse the tokens as soon as they fetch the key set again. Refresh tokens and browser sessions stay.
                """
        )

        @Flag(name: .customLong("all"), help: "Say that all JWTs of the org are meant.")
        var isAll = false

        @OptionGroup var options: OrgOptions

        func validate() throws {
            guard isAll else { throw ValidationError("add --all: every JWT access token of the org will be dead") }
        }

        func run() async throws {
            let dropped = try await options.run { data in
                try await KeyKeeper(database: data.database, masterKey: data.masterKey)
                    .revokeAllJWTs(data.org.org.id, by: .commandLine("keys revoke"), now: data.now)
            }
            for kid in dropped { Terminal.print("dropped \(kid)") }
            Terminal.print("all JWT access tokens of the org are revoked; new ones are signed with a new key")
        }
    }
}
