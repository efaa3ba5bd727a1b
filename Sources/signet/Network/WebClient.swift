import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import OAuthTypes
import SignetVerifier

/// What a server answered.
struct WebAnswer: Sendable {
    let status: Int
    let body: [UInt8]

    var isGood: Bool { (200..<300).contains(status) }

    /// Whether the server, or a proxy in front of it, has no answer for now.
    var isUnavailable: Bool { [502, 503, 504].contains(status) }

    /// - Throws: ``CommandFailure`` for what is no JSON object.
    func object() throws -> JSONObject { try JSONText.object(body) }
}

/// Sends requests of commands. Redirects are not followed: no address but the one that was signed in to gets a token.
struct WebClient: Sendable {
    /// A file with certificates that are trusted beside those of the system; `nil` for none.
    let caFile: String?

    private static let patience = TimeAmount.seconds(60)

    /// How long a request with a body of some bytes may take: as long as the server waits for it, which is a minute, and a second more for
    /// each 4 KiB, but at most 15 minutes more (`ConnectionLimits`).
    static func patience(sending bytes: Int) -> TimeAmount {
        patience + min(.seconds(Int64(bytes / 4_096)), .minutes(15))
    }

    /// - Throws: ``CommandFailure`` when the server cannot be reached; an answer of any status is returned.
    func send(
        _ method: HTTPMethod,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) async throws -> WebAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            return try await HTTPClient.withHTTPClient(configuration: try configuration()) { [request] client in
                let response = try await client.execute(request, timeout: Self.patience(sending: body?.count ?? 0))
                let bytes = Array(buffer: try await response.body.collect(upTo: JSONText.maximumBytes))
                return WebAnswer(status: Int(response.status.code), body: bytes)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw CommandFailure("\(url) answered more than \(JSONText.maximumBytes) bytes")
        } catch {
            throw CommandFailure("\(url) cannot be reached: \(FetchProblem.words(error))", mayPass: true)
        }
    }

    /// Posts a form.
    ///
    /// - Throws: ``CommandFailure`` when the server cannot be reached.
    func post(_ url: String, form: [(name: String, value: String)]) async throws -> WebAnswer {
        let text = form.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        let headers = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
        return try await send(.POST, url, headers: headers, body: Array(text.utf8))
    }

    /// The discovery document of an issuer.
    ///
    /// - Throws: ``CommandFailure`` that names what is wrong.
    func discovery(of issuer: String) async throws -> JSONObject {
        do {
            let fetcher = HTTPDocumentFetcher(configuration: try configuration())
            return try await IssuerDocuments(issuer: issuer, fetcher: fetcher).discovery()
        } catch let failure as FetchFailure where failure.status == 404 {
            throw CommandFailure("\(failure.description): \(Self.wrongAddress(issuer))")
        } catch let failure as FetchFailure {
            throw CommandFailure(failure.description)
        }
    }

    /// What to do about an address at which there is no issuer.
    private static func wrongAddress(_ issuer: String) -> String {
        if let origin = (try? IssuerURL(issuer))?.origin, origin != issuer {
            return "the address of an org has no path; give --issuer \(ShellWord.quoted(origin))"
        }
        return
            "no signet server has an org at this address; give --issuer the address at which its users sign in, which signet org list says on the machine of the server"
    }

    /// What is trusted: the certificates of the system, or of the file that `SSL_CERT_FILE` names in their place, and those of `caFile`.
    private func configuration() throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty {
            tls.trustRoots = .certificates(try Self.certificates(file, "SSL_CERT_FILE"))
        }
        if let caFile { tls.additionalTrustRoots = [.certificates(try Self.certificates(caFile, "--ca-file"))] }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = Self.patience
        // A person waits: what cannot be reached is said at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private static func certificates(_ path: String, _ name: String) throws -> [NIOSSLCertificate] {
        if let reason = FileProblem.unreadable(path) {
            throw CommandFailure("the file \(path) of \(name) cannot be read: \(reason)")
        }
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw CommandFailure("the file \(path) of \(name) has no certificate in PEM form")
        }
        return found
    }
}
