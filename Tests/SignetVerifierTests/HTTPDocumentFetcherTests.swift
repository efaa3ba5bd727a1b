import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SignetVerifier
import Synchronization
import Testing

@Suite("HTTPDocumentFetcher")
struct HTTPDocumentFetcherTests {
    /// A server that redirects, and remembers whether anybody followed.
    private final class Site: Sendable {
        let asked = Mutex<[String]>([])
        /// Ends the answer that does not end by itself.
        let isOver = AsyncStream.makeStream(of: Void.self)

        var application: some ApplicationProtocol {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            return Application(
                router: router(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                logger: logger
            )
        }

        private func router() -> Router<BasicRequestContext> {
            let router = Router()
            for status in [301, 302, 303, 307, 308] {
                router.get("/redirect/\(status)") { _, _ in
                    Response(status: .init(code: status), headers: [.location: "/document"])
                }
            }
            router.get("/document") { request, _ in
                self.asked.withLock { $0.append(request.uri.path) }
                return "0123456789"
            }
            router.get("/endless") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: "{"))
                        for await _ in self.isOver.stream {}
                        try await writer.finish(nil)
                    }
                )
            }
            return router
        }
    }

    /// Longer than all tests together may keep a small machine busy: what is tested here is not how fast it is.
    private static let patience: Int64 = 600

    private func failure(_ fetcher: HTTPDocumentFetcher, _ url: String, maximumBytes: Int = 64) async -> FetchFailure? {
        do {
            _ = try await fetcher.fetch(url, maximumBytes: maximumBytes)
            return nil
        } catch {
            return error as? FetchFailure
        }
    }

    @Test("security 1.4: no redirect is followed, though the configuration that was given asks for it")
    func redirects() async throws {
        let site = Site()
        let fetcher = HTTPDocumentFetcher(
            configuration: HTTPClient.Configuration(redirectConfiguration: .follow(max: 5, allowCycles: false)),
            timeoutSeconds: Self.patience
        )
        try await site.application.test(.live) { client in
            let origin = "http://127.0.0.1:\(try #require(client.port))"
            for status in [301, 302, 303, 307, 308] {
                let failure = await failure(fetcher, "\(origin)/redirect/\(status)")
                #expect(failure == FetchFailure("\(origin)/redirect/\(status) answered \(status)", status: status))
            }
            #expect(site.asked.withLock { $0.isEmpty })
            #expect(try await fetcher.fetch("\(origin)/document", maximumBytes: 10) == Array("0123456789".utf8))
        }
    }

    @Test("security 1.6: an answer that begins and does not end is given up on in time")
    func endless() async throws {
        let site = Site()
        try await site.application.test(.live) { client in
            let url = "http://127.0.0.1:\(try #require(client.port))/endless"
            let failure = await failure(HTTPDocumentFetcher(timeoutSeconds: 1), url)
            site.isOver.continuation.finish()
            // The head alone may be late on a busy machine.
            #expect(failure?.description.hasPrefix("\(url) cannot be reached: ") == true)
            #expect(failure?.description.hasSuffix(" in time") == true)
        }
    }

    @Test("tokens 6: a document past the limit, a missing one and a host that is away are failures with the address")
    func failures() async throws {
        let site = Site()
        let fetcher = HTTPDocumentFetcher(timeoutSeconds: Self.patience)
        try await site.application.test(.live) { client in
            let origin = "http://127.0.0.1:\(try #require(client.port))"
            let large = await failure(fetcher, "\(origin)/document", maximumBytes: 9)
            #expect(large == FetchFailure("\(origin)/document answered more than 9 bytes"))
            let missing = await failure(fetcher, "\(origin)/nothing")
            #expect(missing == FetchFailure("\(origin)/nothing answered 404", status: 404))
        }
        let hasty = HTTPDocumentFetcher(timeoutSeconds: 1)
        #expect(await failure(hasty, "http://127.0.0.1:1/")?.description.contains("cannot be reached") == true)
    }
}
