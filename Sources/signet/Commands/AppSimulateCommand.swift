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
            switch format.output {
            case .json: Terminal.print(json(forecasts, count))
            case .text:
                for forecast in forecasts { Terminal.print(text(forecast)) }
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

        private func text(_ forecast: AppForecast) -> String {
            var lines = ["\(forecast.developerName) would be \(forecast.kind.rawValue)"]
            lines += forecast.differences.map(ForecastFacts.text)
            lines += forecast.refusals.map { "  refused: \(ForecastFacts.text($0))" }
            lines += forecast.notices.map { "  warning (\($0.owner.rawValue)): \($0.element): \($0.text)" }
            return lines.joined(separator: "\n")
        }
    }
}

/// What is foreseen of an app, as commands print it.
enum ForecastFacts {
    static func write(_ differences: [AppForecast.Difference], _ array: inout JSONWriter) {
        for difference in differences {
            array.object { object in
                object.member("element", difference.element)
                object.member("before", difference.before)
                object.member("after", difference.after)
            }
        }
    }

    static func write(_ refusals: [ForeseenRefusal], _ array: inout JSONWriter) {
        for refusal in refusals {
            array.object { object in
                object.member("subject", refusal.subject.rawValue)
                object.member("user", ifPresent: refusal.username)
                object.member("authorization", ifPresent: refusal.authorization?.rawValue)
                object.member("grantedAt", ifPresent: refusal.grantedAt?.rfc3339)
                object.member("lastUsedAt", ifPresent: refusal.lastUsedAt?.rfc3339)
                object.member("element", refusal.element)
                object.member("reason", refusal.reason)
            }
        }
    }

    static func write(_ notices: [AppNotice], _ array: inout JSONWriter) {
        for notice in notices {
            array.object { object in
                object.member("element", notice.element)
                object.member("owner", notice.owner.rawValue)
                object.member("text", notice.text)
            }
        }
    }

    static func text(_ difference: AppForecast.Difference) -> String {
        "  \(difference.element): \(shown(difference.before)) -> \(shown(difference.after))"
    }

    static func text(_ refusal: ForeseenRefusal) -> String {
        let grant = refusal.grantedAt.map { ", granted \($0.rfc3339)" } ?? ""
        let whom = refusal.username.map { " of \($0)\(grant)" } ?? ""
        return "\(label(refusal.subject))\(whom): \(refusal.reason) (\(refusal.element))"
    }

    private static func label(_ subject: ForeseenRefusal.Subject) -> String {
        switch subject {
        case .webServerFlow: "web server flow"
        case .refreshTokenFlow: "refresh token"
        case .clientCredentialsFlow: "client credentials flow"
        case .jwtBearerFlow: "JWT bearer flow"
        case .scope: "scope"
        case .introspection: "introspection"
        case .clientAuthentication: "client authentication"
        case .everything: "every flow and token"
        }
    }

    /// A value on one line.
    static func shown(_ value: String) -> String {
        value.isEmpty ? "-" : value.split(whereSeparator: \.isNewline).joined(separator: ", ")
    }
}
