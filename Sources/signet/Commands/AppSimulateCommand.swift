import ArgumentParser
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

extension AppCommand {
    /// `signet app simulate FOLDER`.
    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what applying a metadata folder would change and whom it would refuse; nothing is stored.",
            discussion: """
                Names each flow, user and grant that is allowed today and would be refused, by what is recorded. Ends with 0 if nothing \
                would be, else with 1; also with 1 if the folder would not be applied at all.
                """
        )

        @Argument(help: "The folder, as for app apply.")
        var folder: String
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let files = try MetadataFolder.read(folder)
            let forecasts = try await options.run { data in
                let simulation = AppSimulation(masterKey: data.masterKey)
                do {
                    return try await simulation.forecasts(
                        of: files,
                        org: data.org.org,
                        now: data.now,
                        in: data.database
                    )
                } catch let errors as MetadataErrors {
                    throw CommandFailure("nothing would be applied:\n" + errors.description)
                }
            }
            let count = forecasts.reduce(0) { $0 + $1.refusals.count }
            let facts = try JSONText.object(json(forecasts, count))
            switch format.output {
            case .json: Terminal.print(JSONText.bytes(.object(facts)))
            case .text:
                for forecast in facts.objects("apps") { Terminal.print(text(forecast)) }
                Terminal.print(
                    count == 0 ? "nothing that is allowed today would be refused" : "\(count) would be refused"
                )
            }
            if count > 0 { throw ExitCode(1) }
        }

        private func json(_ forecasts: [AppForecast], _ count: Int) -> [UInt8] {
            JSONWriter.object { json in
                json.member("refused", count)
                json.array("apps") { apps in
                    for forecast in forecasts { apps.object { write(forecast, &$0) } }
                }
            }
        }

        private func write(_ forecast: AppForecast, _ json: inout JSONWriter) {
            json.member("name", forecast.developerName)
            json.member("change", forecast.kind.rawValue)
            json.array("differences") { ForecastFacts.write(forecast.differences, &$0) }
            json.array("refusals") { ForecastFacts.write(forecast.refusals, &$0) }
            json.array("warnings") { ForecastFacts.write(forecast.notices, &$0) }
        }

        private func text(_ forecast: JSONObject) -> String {
            var lines = ["\(forecast.text("name")) would be \(forecast.text("change"))"]
            lines += forecast.objects("differences").map(ForecastText.difference)
            lines += forecast.objects("refusals").map { "  refused: \(ForecastText.refusal($0))" }
            lines += forecast.objects("warnings").map(ForecastText.warning)
            return lines.joined(separator: "\n")
        }
    }
}

/// What is foreseen of an app as people read it, from its JSON.
enum ForecastText {
    static func difference(_ facts: JSONObject) -> String {
        "  \(facts.text("element")): \(shown(facts.text("before"))) -> \(shown(facts.text("after")))"
    }

    static func refusal(_ facts: JSONObject) -> String {
        let grant = facts["grantedAt"]?.string.map { ", granted \($0)" } ?? ""
        let whom = facts["user"]?.string.map { " of \($0)\(grant)" } ?? ""
        return "\(label(facts.text("subject")))\(whom): \(facts.text("reason")) (\(facts.text("element")))"
    }

    static func warning(_ facts: JSONObject) -> String {
        "  warning (\(facts.text("owner"))): \(facts.text("element")): \(facts.text("text"))"
    }

    private static func label(_ subject: String) -> String {
        switch ForeseenRefusal.Subject(rawValue: subject) {
        case .webServerFlow: "web server flow"
        case .refreshTokenFlow: "refresh token"
        case .clientCredentialsFlow: "client credentials flow"
        case .jwtBearerFlow: "JWT bearer flow"
        case .scope: "scope"
        case .introspection: "introspection"
        case .clientAuthentication: "client authentication"
        case .everything: "every flow and token"
        case nil: subject
        }
    }

    /// A value on one line.
    static func shown(_ value: String) -> String {
        value.isEmpty ? "-" : value.split(whereSeparator: \.isNewline).joined(separator: ", ")
    }
}
