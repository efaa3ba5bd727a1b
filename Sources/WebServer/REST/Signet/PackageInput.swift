import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs

/// A place for a large body, among those of the org that it is for.
struct LargeBodyPlace: Sendable {
    let gate: OrgGate
    let org: OrgID
    let isOnlyOrg: Bool
}

/// Bodies that hold a package.
enum PackageBody {
    /// The largest package, and room for the parts beside it.
    private static let maximumBytes = 1_048_576 + SourceFile.maximumBytes + 4_096

    /// The bytes of a body, while there is a place for it.
    ///
    /// - Throws: `LIMIT_EXCEEDED`, ``OrgGate/Busy``.
    static func bytes(_ request: Request, _ place: LargeBodyPlace) async throws -> [UInt8] {
        let isLarge = request.headers[.contentLength].flatMap { Int($0) }.map { $0 > SOAPBody.smallBytes } ?? true
        if isLarge { try await place.gate.enter(place.org, isOnlyOrg: place.isOnlyOrg) }
        defer { if isLarge { place.gate.leave(place.org) } }
        do {
            return Array(try await request.body.collect(upTo: maximumBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw RESTRefusal(
                .limitExceeded,
                "The body is larger than \(maximumBytes) bytes; no package is.",
                status: .contentTooLarge
            )
        }
    }

    /// A body that is a package and nothing else.
    ///
    /// - Throws: `UNSUPPORTED_MEDIA_TYPE` for a body of another type.
    static func zip(_ request: Request, _ place: LargeBodyPlace) async throws -> [UInt8] {
        guard (request.headers[.contentType] ?? "").lowercased() == "application/zip" else {
            throw RESTRefusal(
                .unsupportedMediaType,
                "Send the package as application/zip.",
                status: .unsupportedMediaType
            )
        }
        return try await bytes(request, place)
    }
}

/// The body that asks for a version of a package.
struct PackageVersionInput: Sendable {
    let version: PackageVersion
    let defaults: OAuthPolicies?

    /// - Throws: `JSON_PARSER_ERROR`, `INVALID_FIELD`, or the `MetadataError` of the defaults.
    init(_ request: Request) async throws {
        let object = try await StagedCredentialsInput.object(request, upTo: JSONScanner.maximumBytes)
        guard object.members.allSatisfy({ ["version", "defaults"].contains($0.name) }) else {
            throw RESTRefusal(.jsonParserError, "Unrecognized field; there are version and defaults.")
        }
        guard let version = object["version"]?.string.flatMap({ PackageVersion($0) }) else {
            throw RESTRefusal(.invalidField, "version must be three numbers such as 1.0.0.")
        }
        self.version = version
        guard let given = object["defaults"] else {
            defaults = nil
            return
        }
        guard let text = given.string else { throw RESTRefusal(.invalidField, "defaults must be a document.") }
        guard
            case .oauthPolicies(let record) = try MetadataDocument.parse(
                .oauthPolicies,
                fullName: "defaults",
                bytes: Array(text.utf8)
            ).content
        else { throw RESTRefusal(.invalidField, "defaults must be a document of OAuth policies.") }
        defaults = record
    }
}

/// A step of an installation: `multipart/form-data` with the part `package` and, for a consumer of its own, the part `global`.
struct InstallationInput: Sendable {
    let package: AppPackage
    let step: PackageInstallation.Request
    /// The digest of the plan that was approved; `nil` to be told the plan.
    let approved: String?

    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE`, `INVALID_MULTIPART_REQUEST`, or what ``PackageProblem`` tells of.
    init(_ request: Request, _ place: LargeBodyPlace) async throws {
        let isUpgrade = try Self.isUpgrade(request)
        let allowsDowngrade = try RESTQuery.flag("allowDowngrade", of: request)
        guard isUpgrade || !allowsDowngrade else {
            throw RESTRefusal(.illegalQueryParameterValue, "allowDowngrade goes with the step upgrade.")
        }
        approved = try RESTQuery.value("approved", of: request)
        let body = try await PackageBody.bytes(request, place)
        guard let parts = try? MultipartParts.read(body, contentType: request.headers[.contentType] ?? ""),
            let archive = try parts.only("package"), parts.allSatisfy({ ["package", "global"].contains($0.name) })
        else {
            throw RESTRefusal(
                .invalidMultipartRequest,
                "Send multipart/form-data with the part package and, if wanted, the part global (RFC 7578)."
            )
        }
        let global = try parts.only("global")
        if isUpgrade, global != nil {
            throw RESTRefusal(
                .invalidMultipartRequest,
                "The part global goes with the step install; an upgrade keeps the global settings that are there."
            )
        }
        let package = try AppPackage(reading: Array(archive.content))
        self.package = package
        step =
            isUpgrade
            ? .upgrade(allowsDowngrade: allowsDowngrade)
            : try global.map { .installDisassociated(try Self.settings($0, of: package)) } ?? .installAssociated
    }

    private static func isUpgrade(_ request: Request) throws -> Bool {
        switch try RESTQuery.value("step", of: request) {
        case "install": false
        case "upgrade": true
        default: throw RESTRefusal(.illegalQueryParameterValue, "step must be install or upgrade.")
        }
    }

    private static func settings(_ part: MultipartPart, of package: AppPackage) throws -> GlobalOAuthSettings {
        let document = try MetadataDocument.parse(.globalOAuthSettings, fullName: "global", bytes: Array(part.content))
        guard case .globalOAuthSettings(let record) = document.content,
            record.externalClientApplication == package.manifest.name
        else {
            throw RESTRefusal(
                .invalidField,
                "global must be a document of global OAuth settings whose externalClientApplication is the packaged app."
            )
        }
        return record
    }
}
