import ClientApps
import HTTPTypes
import Hummingbird
import Logging
import MetadataAPI
import NIOCore
import OAuthTypes

/// Waits at a port of this machine for the browser to come back (RFC 8252 section 7.3).
struct LoopbackListener: Sendable {
    let attempt: SignInAttempt
    /// How long a person may take.
    let patience: Duration

    /// What was brought, and where to.
    struct Arrival: Sendable {
        let code: String
        let redirectURI: String
    }

    /// Listens until the answer to the attempt is there.
    ///
    /// - Parameters:
    ///   - pasted: reads lines that may be the address of the callback, for a browser of another machine; it calls its argument with each.
    ///   - open: called with the redirect URI once the port is open.
    ///   - redeem: done while the listener still is, so that the browser has its page before the command ends.
    /// - Throws: ``CommandFailure`` when the sign-in was refused or nobody came.
    func run<Result: Sendable>(
        open: @escaping @Sendable (_ redirectURI: String) -> Void,
        pasted: @escaping @Sendable (_ take: @escaping @Sendable (String) -> Bool) -> Void,
        redeem: (Arrival) async throws -> Result
    ) async throws -> Result {
        let (arrivals, arrived) = AsyncThrowingStream<String, any Error>.makeStream()
        let address = Address()
        let application = Application(
            router: router(arrived),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                let redirectURI = "http://127.0.0.1:\(port)\(CommandLineApp.callbackPath)"
                await address.set(redirectURI)
                open(redirectURI)
                pasted { take($0, arrived) }
            },
            logger: Logger(label: "signet login") { _ in SwiftLogNoOpLogHandler() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do { try await application.run() } catch is CancellationError {} catch {
                    arrived.finish(throwing: error)
                }
            }
            group.addTask { [patience] in
                // How long a person may take at the browser, not a wait for anything; cancelled when the code has come.
                guard (try? await Task.sleep(for: patience)) != nil else { return }
                arrived.finish(
                    throwing: CommandFailure(
                        "nobody signed in within \(patience.components.seconds / 60) minutes; try again"
                    )
                )
            }
            for try await code in arrivals {
                return try await redeem(Arrival(code: code, redirectURI: await address.value))
            }
            throw CancellationError()
        }
    }

    private actor Address {
        private(set) var value = ""
        func set(_ value: String) { self.value = value }
    }

    private func router(_ arrived: AsyncThrowingStream<String, any Error>.Continuation) -> Router<BasicRequestContext> {
        let router = Router()
        router.get(RouterPath(CommandLineApp.callbackPath)) { request, _ in
            switch attempt.read(query: request.uri.query ?? "") {
            case .foreign: page("This is not the answer that signet login waits for.", status: .badRequest) {}
            case .refused(let text):
                page("You are not signed in. The terminal says why.") {
                    arrived.finish(throwing: CommandFailure(text))
                }
            case .code(let code):
                page("You are signed in. Close this page and go back to the terminal.") { arrived.yield(code) }
            }
        }
        return router
    }

    /// - Returns: whether the line was the answer.
    private func take(_ line: String, _ arrived: AsyncThrowingStream<String, any Error>.Continuation) -> Bool {
        let query = line.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        switch attempt.read(query: query.trimmed) {
        case .foreign: return false
        case .refused(let text): arrived.finish(throwing: CommandFailure(text))
        case .code(let code): arrived.yield(code)
        }
        return true
    }

    /// A page, and what is done when the browser has it: the command ends soon after, and the listener with it.
    private func page(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        then: @escaping @Sendable () -> Void
    ) -> Response {
        let html = "<!doctype html><html lang=\"en\"><title>signet login</title><p>\(text)</p></html>\n"
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .connection: "close",
                .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
            ],
            body: ResponseBody(contentLength: html.utf8.count) { writer in
                try await writer.write(ByteBuffer(string: html))
                try await writer.finish(nil)
                then()
            }
        )
    }
}
