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
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// Fetches with AsyncHTTPClient.
public struct HTTPDocumentFetcher: DocumentFetcher {
    private let client: HTTPClient
    private let timeout: TimeAmount

    /// A fetcher over a client; the client must not follow redirects, as ``withoutRedirects`` does not.
    public init(client: HTTPClient, timeoutSeconds: Int64 = 10) {
        self.client = client
        self.timeout = .seconds(timeoutSeconds)
    }

    /// The configuration of a client that follows no redirect.
    public static var withoutRedirects: HTTPClient.Configuration {
        HTTPClient.Configuration(redirectConfiguration: .disallow)
    }

    public func fetch(_ url: String, maximumBytes: Int) async throws -> [UInt8] {
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: timeout)
            guard response.status.code == 200 else { throw FetchFailure("\(url) answered \(response.status.code)") }
            return Array(buffer: try await response.body.collect(upTo: maximumBytes))
        } catch let failure as FetchFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw FetchFailure("\(url) answered more than \(maximumBytes) bytes")
        } catch {
            throw FetchFailure("\(url) cannot be reached: \(FetchProblem.words(error))")
        }
    }
}
