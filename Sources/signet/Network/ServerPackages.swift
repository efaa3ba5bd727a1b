import MetadataAPI
import NIOHTTP1
import OAuthTypes

/// The packages of the org that a person is signed in to.
struct ServerPackages: Sendable {
    let server: SignedInServer

    private static let base = "/signet/packages"
    private static let zip = "application/zip"

    /// Has a version made, and returns the package.
    func create(_ name: String, _ version: PackageVersion, defaults: [UInt8]?) async throws -> [UInt8] {
        let body = JSONWriter.object { json in
            json.member("version", version.description)
            json.member("defaults", ifPresent: defaults.map { String(decoding: $0, as: UTF8.self) })
        }
        let answer = try await server.answer(.POST, "\(Self.base)/versions/\(PercentEncoding.encode(name))", body: body)
        if answer.status == 404 { throw AppLookUp.missing(name) }
        guard answer.isGood else { throw ServerRefusal(answer).failure }
        return answer.body
    }

    func inspect(_ package: [UInt8]) async throws -> JSONObject {
        try await server.send(.POST, "\(Self.base)/inspection", body: package, contentType: Self.zip).object()
    }

    func trust(_ fingerprint: String, _ package: [UInt8]) async throws {
        _ = try await server.send(.POST, signers(fingerprint), body: package, contentType: Self.zip)
    }

    /// - Returns: whether it was trusted.
    func distrust(_ fingerprint: String) async throws -> Bool {
        let answer = try await server.answer(.DELETE, signers(fingerprint))
        guard answer.isGood || answer.status == 404 else { throw ServerRefusal(answer).failure }
        return answer.isGood
    }

    private func signers(_ fingerprint: String) -> String {
        "\(Self.base)/signers?fingerprint=\(PercentEncoding.encode(fingerprint))"
    }

    func uninstall(_ name: String) async throws {
        let answer = try await server.answer(.DELETE, "\(Self.base)/installations/\(PercentEncoding.encode(name))")
        if answer.status == 404 { throw AppLookUp.missing(name) }
        guard answer.isGood else { throw ServerRefusal(answer).failure }
    }

    /// What goes to the server for an installation.
    struct Upload: Sendable {
        let package: [UInt8]
        /// The document of global settings; `nil` for none.
        let global: [UInt8]?
        let query: String
    }

    /// Asks what an installation would do, and has that done if it is approved.
    ///
    /// - Returns: the facts of the plan.
    func install(_ upload: Upload, isApproved: Bool) async throws -> JSONObject {
        var parts = [Multipart.Part(name: "package", contentType: Self.zip, content: upload.package)]
        if let global = upload.global { parts.append(.init(name: "global", contentType: "text/xml", content: global)) }
        let multipart = Multipart(parts)
        func send(_ query: String) async throws -> JSONObject {
            try await server.send(
                .POST,
                "\(Self.base)/installations?\(query)",
                body: multipart.body,
                contentType: multipart.contentType
            ).object()
        }
        let planned = try await send(upload.query)
        guard isApproved else { return planned["plan"]?.object ?? JSONObject() }
        let done = try await send("\(upload.query)&approved=\(PercentEncoding.encode(planned.text("approval")))")
        return done["plan"]?.object ?? JSONObject()
    }
}
