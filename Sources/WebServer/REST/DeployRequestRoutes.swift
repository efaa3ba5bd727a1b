import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import MetadataAPI
import NIOCore
import OAuthTypes
import Orgs
import Storage

/// The REST encoding of the Metadata API: `deployRequest` (facts: app-model 11.1).
struct DeployRequestRoutes: Sendable {
    static let base = "/services/data/{version}/metadata/deployRequest"
    /// The largest archive, and room for the JSON part and the boundaries beside it.
    private static let maximumBytes = ArchiveLimits.metadataAPI.archiveBytes + 131_072

    let rest: RESTRoutes
    let gate: OrgGate

    /// `POST …/deployRequest`: a new deployment, or what was validated before.
    func deploy(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            // Before the body, which may be large.
            try Action.useMetadataAPI.require(call.caller.account.permissions)
            let isLarge = request.headers[.contentLength].flatMap { Int($0) }.map { $0 > SOAPBody.smallBytes } ?? true
            let deploy = {
                let operation = try await Self.operation(request)
                // The body may have taken its time: the request counts from now on, and whoever sends it is looked at again.
                var later = context
                later.now = context.clock.now
                return try await self.deploy(operation, request, later)
            }
            guard isLarge else { return try await deploy() }
            return try await gate.run(call.org.id, isOnlyOrg: try await rest.server.hasOneOrg, deploy)
        }
    }

    private func deploy(
        _ operation: MetadataOperation,
        _ request: Request,
        _ context: SignetRequestContext
    ) async throws -> Response {
        try await answered(request, context) { call in
            guard case .deployment(let result) = try await call.service.perform(operation, by: call.caller) else {
                throw RESTRefusal.notFound
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.member("id", result.record.id.rawValue)
                    if case .deployRecentValidation(let id) = operation {
                        json.member("validatedDeployRequestId", id)
                    } else {
                        json.null("validatedDeployRequestId")
                    }
                    DeployResultJSON.write(result, into: &json)
                },
                status: .created
            )
        }
    }

    /// `GET` and `PATCH …/deployRequest/{id}`: where a deployment stands, and its cancellation.
    func deployment(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let id = context.parameters.get("id") ?? ""
            let isCancel = request.method == .patch
            var operation = MetadataOperation.cancelDeploy(id: id)
            if isCancel {
                try await Self.requireCancel(request)
            } else {
                let details = try RESTQuery.value("includeDetails", of: request)?.lowercased() == "true"
                operation = .checkDeployStatus(id: id, includeDetails: details)
            }
            let outcome: MetadataOutcome
            do {
                outcome = try await call.service.perform(operation, by: call.caller)
            } catch let fault as MetadataFault where fault.code == .invalidIDField {
                // The id is the resource.
                throw RESTRefusal(.notFound, fault.description, status: .notFound)
            }
            guard case .deployment(let result) = outcome else { throw RESTRefusal.notFound }
            return Responses.json(
                JSONWriter.object(capacity: 4_096) { json in
                    json.member("id", result.record.id.rawValue)
                    json.member(
                        "url",
                        "\(call.org.issuer)/services/data/v\(call.version)/metadata/deployRequest/\(result.record.id.rawValue)"
                    )
                    DeployResultJSON.write(result, into: &json)
                },
                status: isCancel ? .accepted : .ok
            )
        }
    }

    // MARK: Bodies

    private static func operation(_ request: Request) async throws -> MetadataOperation {
        let type = request.headers[.contentType] ?? ""
        let mediaType = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch mediaType {
        case "multipart/form-data":
            let body = try await body(of: request, upTo: maximumBytes)
            guard let parts = try? MultipartParts.read(body, contentType: type) else {
                throw RESTRefusal(
                    .invalidMultipartRequest,
                    "The multipart body is broken; send a part json and a part file that end with their boundary (RFC 7578)."
                )
            }
            guard let file = try parts.only("file") else {
                throw RESTRefusal(.invalidMultipartRequest, "The part file, with the zip file, is missing.")
            }
            let json = try optionsPart(parts).map { try object($0.content) } ?? .init()
            return .deploy(archive: Array(file.content), try options(json))
        // jsforce says nothing of the type, and its transport then calls every text plain.
        case "application/json", "text/plain":
            let json = try object(try await body(of: request, upTo: 65_536)[...])
            guard let id = json["validatedDeployRequestId"]?.string else {
                throw RESTRefusal(
                    .requiredFieldMissing,
                    "validatedDeployRequestId is missing; to deploy a zip file send multipart/form-data with the parts json and file."
                )
            }
            return .deployRecentValidation(id: id)
        default:
            throw RESTRefusal(
                .unsupportedMediaType,
                "Send multipart/form-data with the parts json and file, or application/json with validatedDeployRequestId.",
                status: .unsupportedMediaType
            )
        }
    }

    /// The part with the options: `json` as it is documented, `entity_content` as jsforce names it. A part of another name may say that nothing is
    /// to be changed, so it is refused.
    private static func optionsPart(_ parts: [MultipartPart]) throws(RESTRefusal) -> MultipartPart? {
        if let stranger = parts.first(where: { !["json", "entity_content", "file"].contains($0.name) }) {
            let name = stranger.name.utf8.allSatisfy(Base62.isDigit) ? " '\(stranger.name)'" : ""
            throw RESTRefusal(
                .invalidMultipartRequest,
                "The part\(name) means nothing here; send the options as json and the zip file as file."
            )
        }
        let (json, content) = (try parts.only("json"), try parts.only("entity_content"))
        guard json == nil || content == nil else {
            throw RESTRefusal(
                .invalidMultipartRequest,
                "The options are there twice, as json and as entity_content; send one of the two."
            )
        }
        return json ?? content
    }

    /// The options of the part json. One that says something, and not where it belongs, is refused: it may have said checkOnly.
    private static func options(_ json: JSONObject) throws -> DeployOptions {
        switch json["deployOptions"] {
        case .object(let given)?: return try DeployOptions(given)
        case nil where json.members.isEmpty, .null?: return DeployOptions()
        default:
            throw RESTRefusal(.invalidField, #"The part json must be {"deployOptions": {…}}, or left out."#)
        }
    }

    private static func requireCancel(_ request: Request) async throws {
        let json = try object(try await body(of: request, upTo: 65_536)[...])
        guard json["deployResult"]?.object?["status"]?.string == DeploymentStatus.canceling.rawValue else {
            throw RESTRefusal(.invalidField, #"Send {"deployResult":{"status":"Canceling"}}."#)
        }
    }

    private static func body(of request: Request, upTo limit: Int) async throws -> [UInt8] {
        let refusal = RESTRefusal(
            .limitExceeded,
            "The body is larger than \(limit) bytes; deploy in parts.",
            status: .contentTooLarge
        )
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw refusal }
        do {
            return Array(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw refusal
        }
    }

    private static func object(_ bytes: ArraySlice<UInt8>) throws(RESTRefusal) -> JSONObject {
        guard bytes.count <= JSONScanner.maximumBytes, let object = try? JSONScanner.object(Array(bytes)) else {
            throw RESTRefusal(.jsonParserError, "The JSON is no object, or larger than 65,536 bytes.")
        }
        return object
    }

    // MARK: A call

    private struct Call: Sendable {
        let caller: MetadataCaller
        let service: MetadataService
        let org: Org
        let version: String
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ answer: (Call) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context) { live, version in
            let caller = MetadataCaller(
                org: live.org.org,
                account: live.account,
                source: context.source?.description,
                version: Int(version.prefix { $0 != "." }) ?? 0,
                now: context.now
            )
            do {
                return try await answer(
                    Call(caller: caller, service: rest.metadata, org: live.org.org, version: version)
                )
            } catch let fault as MetadataFault {
                throw fault.atREST
            }
        }
    }
}

extension MetadataFault {
    /// The fault as a REST refusal.
    fileprivate var atREST: RESTRefusal {
        RESTRefusal(code, description, status: code == .insufficientAccess ? .forbidden : .badRequest)
    }
}
