import ArgumentParser
import AuthorizationServer
import Foundation
import OAuthTypes
import Orgs
import SignetVerifier
import WebServer

/// `signet token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Look into JWT access tokens, verify them, and end what was issued.",
        subcommands: [Inspect.self, Verify.self, Revoke.self]
    )

    /// Where the token comes from.
    struct Source: ParsableArguments {
        @Argument(help: "The token; leave it out to read standard input.")
        var token: String?
        @Option(help: ArgumentHelp("A file that holds the token.", valueName: "file"))
        var file: String?

        func read() throws -> String {
            if token != nil, file != nil { throw ValidationError("give a token or --file, not both") }
            if let token { return token }
            if let file {
                return trimmed(String(decoding: try NamedFile.read(file), as: UTF8.self))
            }
            return trimmed(readLine() ?? "")
        }

        private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    /// `signet token inspect`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a token says. Nothing is verified.",
            discussion: "Anybody can write a token that says anything: use signet token verify before believing one."
        )

        @OptionGroup var source: Source
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let token = try source.read()
            guard let segments = CompactSegments(token), let header = segments.header, let claims = segments.payload,
                let payload = try? JSONScanner.object(claims),
                (try? JSONScanner.object(header)) != nil
            else {
                throw CommandFailure(
                    OpaqueToken.hint(token)
                        ?? "this is no JWT in compact form: three base64url segments with JSON in the first two"
                )
            }
            let size = token.utf8.count
            switch format.output {
            case .json:
                let text =
                    "{\"verified\":false,\"size\":\(size),\"header\":\(String(decoding: header, as: UTF8.self)),\"claims\":\(String(decoding: claims, as: UTF8.self))}"
                Terminal.print(Array(text.utf8))
            case .text:
                Terminal.print("NOT VERIFIED: this only shows what the token says.")
                Terminal.print("header  \(String(decoding: header, as: UTF8.self))")
                Terminal.print("claims  \(String(decoding: claims, as: UTF8.self))")
                for (claim, words) in [("iat", "issued"), ("nbf", "not before"), ("exp", "expires")] {
                    if let seconds = payload[claim]?.integer {
                        Terminal.print(
                            "\(words): \(TimeWords.text(Timestamp(seconds: seconds), now: WallClock.system.now))"
                        )
                    }
                }
                Terminal.print("size: \(size) bytes")
            }
        }
    }

    /// `signet token verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify a token as a resource server would.",
            discussion:
                "Ends with 0 for a valid token, 1 for a refused one, 2 when called wrongly. With --jwks nothing is fetched."
        )

        @OptionGroup var source: Source
        @Option(help: ArgumentHelp("The issuer. Without --jwks its keys are fetched.", valueName: "url"))
        var issuer: String?
        @Option(help: ArgumentHelp("A file with the issuer's JWK set.", valueName: "file"))
        var jwks: String?
        @Option(name: .customLong("audience"), help: "An accepted audience; may be repeated (default: the issuer).")
        var audiences: [String] = []
        @Option(name: .customLong("scope"), help: "A required scope; may be repeated.")
        var scopes: [String] = []
        @Option(
            help: ArgumentHelp(
                "The time to verify for: seconds since 1970, or 2026-11-24T09:30:00Z (default: now).",
                valueName: "time"
            ),
            transform: TimeWords.moment
        )
        var at: Timestamp?

        @OptionGroup var format: OutputOptions

        func run() async throws {
            let token = try source.read()
            if let hint = OpaqueToken.hint(token) {
                refuse(hint)
                throw ExitCode(1)
            }
            guard issuer != nil || jwks != nil else {
                throw ValidationError("give --issuer, or --jwks for offline use")
            }
            guard let issuer = issuer ?? Self.claimedIssuer(token) else {
                throw ValidationError("the token names no issuer; give --issuer")
            }
            guard let required = try? ScopeSet(parsing: scopes.joined(separator: " ")) else {
                throw ValidationError("--scope must be the name of a scope, such as api")
            }
            let configuration = VerifierConfiguration(
                issuer: issuer,
                audiences: audiences.isEmpty ? [issuer] : Set(audiences),
                requiredScopes: required,
                subjectKinds: [.user, .guest, .other]
            )
            let now = at ?? WallClock.system.now
            do {
                let keys = try await keys(issuer)
                report(try TokenVerifier(configuration: configuration, keys: keys).verify(token, at: now), now)
            } catch let refusal as TokenRefusal {
                refuse(refusal.description)
                throw ExitCode(1)
            }
        }

        /// With a key set at hand and no issuer given, the token's own word is taken for the issuer: the keys are what is trusted.
        private static func claimedIssuer(_ token: String) -> String? {
            guard let claims = CompactSegments(token)?.payload else { return nil }
            return (try? JSONScanner.object(claims))?["iss"]?.string
        }

        private func keys(_ issuer: String) async throws -> VerificationKeySet {
            guard let jwks else { return try await IssuerKeys.fetch(issuer) }
            let contents = try NamedFile.read(jwks)
            do {
                return try VerificationKeySet(jwks: contents)
            } catch {
                throw ValidationError("\(jwks): \(error)")
            }
        }

        /// What a valid token was not held against, because nothing was given to hold it against.
        private var unchecked: [String] {
            issuer != nil ? [] : audiences.isEmpty ? ["issuer", "audience"] : ["issuer"]
        }

        private func report(_ token: VerifiedToken, _ now: Timestamp) {
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("valid", true)
                        json.member("issuer", token.issuer)
                        json.member("subject", token.claims["sub"]?.string ?? "")
                        json.member("clientId", ifPresent: token.clientID)
                        json.array("scopes", of: token.scopes.scopes.map(\.name))
                        json.array("audiences", of: token.audiences)
                        json.member("expiresAt", token.expiresAt.seconds)
                        json.member("kid", token.keyID)
                        json.array("unchecked", of: unchecked)
                    }
                )
            case .text:
                Terminal.print(
                    "valid: \(token.claims["sub"]?.string ?? "") by \(token.clientID ?? "?") with \(token.scopes.text)"
                )
                Terminal.print("expires: \(TimeWords.text(token.expiresAt, now: now))")
                guard !unchecked.isEmpty else { return }
                Terminal.print(
                    "NOT CHECKED: \(unchecked.joined(separator: " and ")). The keys are trusted, and the token says it is of \(token.issuer); give --issuer to check that."
                )
            }
        }

        private func refuse(_ reason: String) {
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("valid", false)
                        json.member("reason", reason)
                    }
                )
            case .text:
                Terminal.print("refused: \(reason)")
            }
        }
    }
}

/// Access tokens that say nothing by themselves.
enum OpaqueToken {
    /// What to do with a text that has the form of one, the short id of an org and what only the server knows (facts: tokens 2).
    static func hint(_ text: String) -> String? {
        let parts = text.split(separator: "!", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("00D"), OrgID(String(parts[0])) != nil else { return nil }
        return
            "this is an opaque access token, which only its server can tell of: ask /services/oauth2/introspect there (RFC 7662), or have the app issue JWTs by isNamedUserJwtEnabled"
    }
}

/// A file that an option or an argument names.
enum NamedFile {
    /// - Throws: `ValidationError`: a wrong name is a wrong call.
    static func read(_ path: String) throws -> [UInt8] {
        do {
            return try FileContents.read(path, "the file")
        } catch let failure as CommandFailure {
            throw ValidationError(failure.description)
        }
    }
}
