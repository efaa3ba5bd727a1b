import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestInputs
import TestSupport
import Testing
import XML

/// What clients of older versions of the API read, change and put back.
@Suite("Clients of older versions")
struct OlderClientTests {
    private static let globalPath = "extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth"
    private static let policyPath = "extlClntAppOauthPolicies/Orders_oauth_defaultPolicy.ecaOauthPlcy"
    private static let types = PackageMother.appTypes + ["ExtlClntAppOauthConfigurablePolicies"]

    private static let laterSettings = [
        ("certificate", SampleCertificate.pem), ("isClientCredentialsFlowEnabled", "true"),
        ("isNamedUserJwtEnabled", "true"), ("isRefreshTokenRotationEnabled", "true"),
    ]
    private static let laterPolicies = [
        ("clientCredentialsFlowUser", "dev@acme.example"), ("isClientCredentialsFlowEnabled", "true"),
        ("namedUserJwtSessionTimeoutType", "Custom"), ("namedUserJwtTimeout", "15"),
    ]

    private static var app: [SourceFile] {
        let policies = PackageMother.document(
            policyPath,
            "ExtlClntAppOauthConfigurablePolicies",
            laterPolicies + [("externalClientApplication", "Orders"), ("ipRelaxationPolicyType", "Enforce")]
        )
        let manifest = PackageMother.manifest(types.map { ($0, ["*"]) })
        return [manifest] + PackageMother.app(global: laterSettings) + [policies]
    }

    private func requireLater(_ place: MetadataPlace, _ more: [(String, String, String)]) async throws {
        let files = try await place.files(Self.types.map { ($0, ["*"]) })
        let all =
            Self.laterSettings.map { (Self.globalPath, $0.0, $0.1) }
            + Self.laterPolicies.map { (Self.policyPath, $0.0, $0.1) } + more
        for (path, element, value) in all {
            #expect(files[path]?.contains("<\(element)>\(value)</\(element)>") == true, "\(element)")
        }
    }

    private static func given(_ type: MetadataType, _ name: String, _ fields: [(String, String)], version: Int) throws
        -> GivenComponent
    {
        let body = fields.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        let tree = try XMLReader(maximumBytes: 65_536, maximumDepth: 8).tree(Array("<metadata>\(body)</metadata>".utf8))
        let result = Result { () throws(MetadataError) in
            try MetadataDocument.read(type, fullName: name, tree: tree, version: version)
        }
        return GivenComponent(type: type.rawValue, fullName: name, component: result)
    }

    @Test(
        "app-model 1.3, 1.5 and 12: updateMetadata in 59.0 keeps what 59.0 does not know",
        arguments: TestDatabase.available
    )
    func calls(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let deployed = try await place.deploy(Self.app)
            #expect(deployed.record.status == .succeeded, "\(deployed.failures)")
            let settings = try Self.given(
                .globalOAuthSettings,
                "Orders_glbloauth",
                [("callbackUrl", "https://orders.example/new"), ("externalClientApplication", "Orders")],
                version: 59
            )
            let policies = try Self.given(
                .oauthPolicies,
                "Orders_oauth_defaultPolicy",
                [("externalClientApplication", "Orders"), ("ipRelaxationPolicyType", "Bypass")],
                version: 59
            )
            for component in [settings, policies] {
                let outcome = try await place.perform(.update([component], allOrNone: false), version: 59)
                guard case .saved(let saved) = outcome else { throw MetadataPlace.Unexpected() }
                #expect(saved.map(\.problem) == [nil])
            }
            try await requireLater(
                place,
                [
                    (Self.globalPath, "callbackUrl", "https://orders.example/new"),
                    (Self.policyPath, "ipRelaxationPolicyType", "Bypass"),
                ]
            )
        }
    }

    @Test(
        "app-model 1.3: isDPopEnabled and isEnforceRefreshTokenTTL are told from 67.0 on; earlier versions may say them, and keep what they do not say",
        arguments: TestDatabase.available
    )
    func undocumented(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let flags = ["isDPopEnabled", "isEnforceRefreshTokenTTL"]
            func deploy(_ values: [(String, String)], _ version: String) async throws {
                let manifest = PackageMother.manifest(PackageMother.appTypes.map { ($0, ["*"]) }, version: version)
                let result = try await place.deploy([manifest] + PackageMother.app(global: values))
                #expect(result.record.status == .succeeded, "\(result.failures)")
            }
            func told(_ version: Int) async throws -> [String] {
                let types = PackageMother.appTypes.map { ($0, ["*"]) }
                let text = try await place.files(types, version: version)[Self.globalPath] ?? ""
                return flags.filter { text.contains("<\($0)>true</\($0)>") }
            }
            try await deploy(flags.map { ($0, "true") }, "66.0")
            #expect(try await told(66) == [])
            #expect(try await told(67) == flags)
            try await deploy([], "66.0")
            #expect(try await told(68) == flags)
            try await deploy(flags.map { ($0, "false") }, "66.0")
            #expect(try await told(68) == [])
        }
    }

    @Test(
        "app-model 11.2 and 12: what was retrieved in an older version is deployed in it and changes nothing",
        arguments: TestDatabase.available
    )
    func packages(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(Self.app)
            for version in [59, 60, 64] {
                let archive = try #require(
                    try await place.retrieve(Self.types.map { ($0, ["*"]) }, version: version).archive
                )
                let files = try ArchiveReader().files(of: archive).map { SourceFile(path: $0.path, bytes: $0.bytes) }
                let again = try await place.deploy(files)
                #expect(again.record.status == .succeeded, "\(again.failures)")
                #expect(again.successes.filter { $0.changed || $0.created }.map(\.fullName) == [], "\(version)")
                try await requireLater(place, [])
            }
            // The version of the manifest counts, whichever the call speaks: in 68.0 what is left out is gone.
            let files = PackageMother.app()
            let manifest = PackageMother.manifest(PackageMother.appTypes.map { ($0, ["*"]) })
            try await place.deploy([manifest] + files)
            let text = try await place.files([("ExtlClntAppGlobalOauthSettings", ["*"])])[Self.globalPath]
            #expect(text?.contains("certificate") == false)
        }
    }

    @Test(
        "app-model 2 and 11.2: a retrieval is answered in every version that a manifest may name, with the types that it has",
        arguments: TestDatabase.available
    )
    func retrieval(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            try await place.deploy([
                PackageMother.manifest([("ConnectedApp", ["*"])]), PackageMother.connectedApp(),
            ])
            func retrieve(_ version: Int) async throws -> RetrieveResult {
                var request = RetrieveRequest()
                request.manifest = PackageManifest(entries: [
                    .init(type: "ConnectedApp", members: ["*"]),
                    .init(type: "ExternalClientApplication", members: ["*"]),
                ])
                (request.version, request.singlePackage) = (version, true)
                guard case .retrievalBegun(let id) = try await place.perform(.retrieve(request)),
                    case .retrieval(let result) = try await place.perform(
                        .checkRetrieveStatus(id: id, includeZip: true)
                    )
                else { throw MetadataPlace.Unexpected() }
                return result
            }
            for version in [29, 46, 55, 58] {
                let result = try await retrieve(version)
                #expect(result.failure == nil)
                let files = try ArchiveReader().files(of: try #require(result.archive))
                #expect(files.map(\.path) == ["connectedApps/Legacy.connectedApp", "package.xml"])
                #expect(String(decoding: files[1].bytes, as: UTF8.self).contains("<version>\(version).0</version>"))
                #expect(result.messages.map(\.problem) == ["Entity type: 'ExternalClientApplication' is unknown"])
                let again = try await place.deploy(
                    files.map { SourceFile(path: $0.path, bytes: $0.bytes) }
                )
                #expect(again.record.status == .succeeded, "\(again.failures)")
            }
            for version in [7, 69] {
                let failure = try #require(try await retrieve(version).failure)
                #expect(failure.code == .unsupportedAPIVersion && failure.description.contains("8.0 to 68.0"))
            }
        }
    }
}
