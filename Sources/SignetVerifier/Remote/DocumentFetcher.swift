public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Fetches a document by its URL: one of the few seams, so that tests need no network.
public protocol DocumentFetcher: Sendable {
    /// The bytes of the document.
    ///
    /// - Throws: ``FetchFailure`` for anything but status 200 with a body of at most `maximumBytes`; redirects are not followed.
    func fetch(_ url: String, maximumBytes: Int) async throws -> [UInt8]
}

/// Says why a document could not be had.
public struct FetchFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address and what happened there.
    public let description: String
    /// The status of an answer that was no document; `nil` where none came, or the document itself does not do.
    public let status: Int?

    /// A failure in words.
    public init(_ description: String, status: Int? = nil) {
        (self.description, self.status) = (description, status)
    }
}

/// Fetches with AsyncHTTPClient, with a client of its own for each document: keys are fetched every few minutes, and no client of
/// somebody else's can bring along a setting that follows redirects to another host than the issuer's.
public struct HTTPDocumentFetcher: DocumentFetcher {
    private let configuration: HTTPClient.Configuration
    private let timeout: TimeAmount
    /// How much longer than its head the whole answer may take.
    private static let bodyAllowance = Duration.seconds(2)

    /// A fetcher.
    ///
    /// - Parameters:
    ///   - configuration: trust roots, proxy and the like; its redirect setting is not used, for redirects are never followed.
    ///   - timeoutSeconds: how long one document may take, in seconds.
    public init(configuration: HTTPClient.Configuration = HTTPClient.Configuration(), timeoutSeconds: Int64 = 10) {
        var configuration = configuration
        configuration.redirectConfiguration = .disallow
        self.configuration = configuration
        self.timeout = .seconds(timeoutSeconds)
    }

    /// The bytes of the document.
    ///
    /// - Throws: ``FetchFailure`` for anything but status 200 with a body of at most `maximumBytes`, a redirect among it.
    public func fetch(_ url: String, maximumBytes: Int) async throws -> [UInt8] {
        do {
            return try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await get(url, maximumBytes) }
                // The client's own timeout ends with the head of the answer; it comes first, since it knows why a host cannot be reached.
                group.addTask { [timeout] in
                    try await Task.sleep(for: .nanoseconds(timeout.nanoseconds) + Self.bodyAllowance)
                    throw FetchFailure("\(url) cannot be reached: the answer did not end in time")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? []
            }
        } catch let failure as FetchFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw FetchFailure("\(url) answered more than \(maximumBytes) bytes")
        } catch {
            throw FetchFailure("\(url) cannot be reached: \(FetchProblem.words(error))")
        }
    }

    private func get(_ url: String, _ maximumBytes: Int) async throws -> [UInt8] {
        try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: timeout)
            let status = Int(response.status.code)
            guard status == 200 else { throw FetchFailure("\(url) answered \(status)", status: status) }
            return Array(buffer: try await response.body.collect(upTo: maximumBytes))
        }
    }
}
