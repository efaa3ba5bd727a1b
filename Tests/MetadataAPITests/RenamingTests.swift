import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What has another name from then on is named by it everywhere, or keeps its name.
@Suite("Renaming")
struct RenamingTests {
    private static let policies = "ExtlClntAppOauthConfigurablePolicies"

    private static func rename(_ place: MetadataPlace, _ type: String, _ old: String, _ new: String) async throws
        -> SaveOutcome.Problem?
    {
        guard case .saved(let saved) = try await place.perform(.rename(type: type, from: old, to: new)) else {
            throw MetadataPlace.Unexpected()
        }
        return saved.first?.problem
    }

    private static func delete(_ place: MetadataPlace, _ type: String, _ name: String) async throws
        -> SaveOutcome.Problem?
    {
        let operation = MetadataOperation.delete(type: type, names: [name], allOrNone: false)
        guard case .saved(let saved) = try await place.perform(operation) else { throw MetadataPlace.Unexpected() }
        return saved.first?.problem
    }

    /// Deploys files of which everything must succeed.
    private static func deploy(_ place: MetadataPlace, _ types: [String], _ files: [SourceFile]) async throws {
        let manifest = PackageMother.manifest(types.map { ($0, ["*"]) })
        let result = try await place.deploy([manifest] + files)
        #expect(result.record.status == .succeeded, "\(result.failures.map(\.problem))")
    }

    private static func scope(_ name: String, assignedTo apps: [String] = []) -> SourceFile {
        PackageMother.document(
            "oauthcustomscopes/\(name).oauthcustomscope",
            "OauthCustomScope",
            apps.map { ("assignedTo", $0) } + [
                ("description", "Scope \(name)"), ("developerName", name), ("isProtected", "false"),
                ("masterLabel", name),
            ]
        )
    }

    private static func handler(_ name: String, _ element: String, _ app: String) -> SourceFile {
        PackageMother.document(
            "oauthtokenexchangehandlers/\(name).oauthtokenexchangehandler",
            "OauthTokenExchangeHandler",
            [
                ("description", "Partners"), ("developerName", name),
                (
                    "enablements",
                    "<apexExecutionUser>dev@acme.example</apexExecutionUser><\(element)>\(app)</\(element)><isDefault>true</isDefault>"
                ), ("isAccessTokenSupported", "true"), ("isEnabled", "true"), ("isIdTokenSupported", "false"),
                ("isJwtSupported", "false"), ("isRefreshTokenSupported", "false"), ("isSaml2Supported", "false"),
                ("isUserCreationAllowed", "false"), ("masterLabel", name), ("tokenHandlerApex", "Partners"),
            ]
        )
    }

    private static func policies(_ app: String, _ fields: [(String, String)]) -> SourceFile {
        PackageMother.document(
            "extlClntAppOauthPolicies/\(app)_p.ecaOauthPlcy",
            policies,
            fields + [("externalClientApplication", app)]
        )
    }

    private static func customScopes(_ place: MetadataPlace, of app: String) async throws -> [String] {
        let org = place.org
        return try await place.database.read { connection in
            let stored = try #require(try AppRecords.find(developerName: app, org: org.id, on: connection))
            return try AppRecords.explanation(stored, on: connection).app.customScopeLabels.keys.map(\.name)
        }
    }

    /// Retrieves a type and deploys it again as it is.
    private static func deployAgain(_ place: MetadataPlace, _ types: [String]) async throws {
        let files = try await place.files(types.map { ($0, ["*"]) })
        let again = files.filter { $0.key != "package.xml" }
            .map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
        #expect(!again.isEmpty)
        try await deploy(place, types, again)
    }

    @Test(
        "app-model 0.1 and 1.2: orgScopedExternalApp follows the name of its app, whose documents go on being deployed",
        arguments: TestDatabase.available
    )
    func orgScopedName(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let org = place.org.id.rawValue
            let header = PackageMother.document(
                "externalClientApps/Orders.eca",
                "ExternalClientApplication",
                [("contactEmail", "dev@acme.example"), ("label", "Orders"), ("orgScopedExternalApp", "\(org):Orders")]
            )
            try await Self.deploy(place, PackageMother.appTypes, [header] + PackageMother.app().dropFirst())
            #expect(try await Self.rename(place, "ExternalClientApplication", "Orders", "Sales") == nil)
            let text = try await place.files([("ExternalClientApplication", ["*"])])["externalClientApps/Sales.eca"]
            #expect(
                text?.contains("<orgScopedExternalApp>\(org):Sales</orgScopedExternalApp>") == true,
                "\(text ?? "")"
            )
            try await Self.deploy(place, [Self.policies], [Self.policies("Sales", [("label", "Strict")])])
            try await Self.deployAgain(place, PackageMother.appTypes + [Self.policies])
        }
    }

    @Test(
        "app-model 1.10 and 11.1: a connected app that is renamed keeps its consumer and its custom scopes, and a later one of its name gets none",
        arguments: TestDatabase.available
    )
    func connectedApp(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let types = ["ConnectedApp", "OauthCustomScope"]
            try await Self.deploy(
                place,
                ["ConnectedApp"],
                [PackageMother.connectedApp(), PackageMother.connectedApp("Other")]
            )
            try await Self.deploy(place, types, [Self.scope("orders", assignedTo: ["legacy", "Other"])])
            func consumerKey(_ name: String) async throws -> String? {
                let org = place.org.id
                return try await place.database.read {
                    try AppRecords.find(developerName: name, org: org, on: $0)?.consumers.first?.key
                }
            }
            let key = try await consumerKey("Legacy")
            #expect(try await Self.rename(place, "ConnectedApp", "Legacy", "Other")?.code == .duplicateDeveloperName)
            #expect(try await Self.rename(place, "ConnectedApp", "Gone", "New")?.code == .invalidCrossReferenceKey)
            #expect(try await Self.rename(place, "ConnectedApp", "Legacy", "Bad_")?.code == .invalidDeveloperName)
            #expect(
                try await Self.rename(place, "ExternalClientApplication", "Legacy", "New")?.code
                    == .invalidCrossReferenceKey
            )
            #expect(try await Self.rename(place, "ConnectedApp", "Legacy", "Heritage") == nil)
            #expect(try await consumerKey("Heritage") == key && key != nil)
            #expect(try await Self.customScopes(place, of: "Heritage") == ["orders"])
            #expect(try await Self.customScopes(place, of: "Other") == ["orders"])
            let files = try await place.files(types.map { ($0, ["*"]) })
            #expect(files["connectedApps/Heritage.connectedApp"]?.contains("<label>Legacy</label>") == true)
            let text = files["oauthcustomscopes/orders.oauthcustomscope"]
            #expect(text?.contains("<assignedTo>Heritage</assignedTo>") == true, "\(text ?? "")")
            try await Self.deploy(place, ["ConnectedApp"], [PackageMother.connectedApp()])
            #expect(try await Self.customScopes(place, of: "Legacy").isEmpty)
            try await Self.deployAgain(place, types)
        }
    }

    @Test(
        "app-model 1.10: a token exchange handler follows the name of its app; what names one that is gone is deployed again, and a new name is refused",
        arguments: TestDatabase.available
    )
    func handlers(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let type = "OauthTokenExchangeHandler"
            try await Self.deploy(
                place,
                PackageMother.appTypes + ["ConnectedApp"],
                PackageMother.app() + [PackageMother.connectedApp()]
            )
            try await Self.deploy(
                place,
                [type],
                [
                    Self.handler("Partners", "externalClientApp", "orders"),
                    Self.handler("Legacies", "connectedApp", "Legacy"),
                ]
            )
            #expect(try await Self.rename(place, "ExternalClientApplication", "Orders", "Sales") == nil)
            #expect(try await Self.rename(place, "ConnectedApp", "Legacy", "Heritage") == nil)
            #expect(try await Self.rename(place, type, "Partners", "Friends") == nil)
            #expect(try await Self.rename(place, type, "Friends", "Legacies")?.code == .duplicateDeveloperName)
            let files = try await place.files([(type, ["*"])])
            let text = files["oauthtokenexchangehandlers/Friends.oauthtokenexchangehandler"]
            #expect(text?.contains("<externalClientApp>Sales</externalClientApp>") == true, "\(text ?? "")")
            #expect(text?.contains("<developerName>Friends</developerName>") == true)
            let other = files["oauthtokenexchangehandlers/Legacies.oauthtokenexchangehandler"]
            #expect(other?.contains("<connectedApp>Heritage</connectedApp>") == true, "\(other ?? "")")
            #expect(try await Self.delete(place, "ExternalClientApplication", "Sales") == nil)
            #expect(try await Self.delete(place, "ConnectedApp", "Heritage") == nil)
            try await Self.deployAgain(place, [type])
            let manifest = PackageMother.manifest([(type, ["*"])])
            let refused = try await place.deploy([manifest, Self.handler("Friends", "externalClientApp", "Unknown")])
            #expect(refused.failures.contains { $0.problem?.hasPrefix("INVALID_CROSS_REFERENCE_KEY:") == true })
        }
    }

    @Test(
        "app-model 1.10: a custom scope that apps have is neither renamed nor deleted, since clients ask for it by its name",
        arguments: TestDatabase.available
    )
    func customScope(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let types = PackageMother.appTypes + ["ConnectedApp", "OauthCustomScope", Self.policies]
            let named = [("commaSeparatedCustomScopes", "alpha, beta")]
            var app = PackageMother.app()
            app[2] = PackageMother.document(
                "extlClntAppOauthSettings/Orders_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                named + [("commaSeparatedOauthScopes", "Api"), ("externalClientApplication", "Orders")]
            )
            try await Self.deploy(place, types, app + [PackageMother.connectedApp()])
            let scopes = [Self.scope("alpha"), Self.scope("beta"), Self.scope("gamma", assignedTo: ["Legacy"])]
            try await Self.deploy(place, types, scopes)
            func expectKept(_ name: String, by app: String) async throws {
                for problem in [
                    try await Self.rename(place, "OauthCustomScope", name, "delta"),
                    try await Self.delete(place, "OauthCustomScope", name),
                ] {
                    #expect(problem?.code == .dependencyExists, "\(name)")
                    #expect(problem?.message.contains("'\(app)'") == true, "\(problem?.message ?? "")")
                }
            }
            // The settings name them where the policies say nothing; else the policies alone do.
            try await expectKept("alpha", by: "Orders")
            try await expectKept("beta", by: "Orders")
            try await expectKept("gamma", by: "Legacy")
            try await Self.deploy(place, types, [Self.policies("Orders", [("commaSeparatedCustomScopes", "alpha")])])
            try await expectKept("alpha", by: "Orders")
            #expect(try await Self.rename(place, "OauthCustomScope", "beta", "api")?.code == .duplicateValue)
            #expect(try await Self.rename(place, "OauthCustomScope", "beta", "delta") == nil)
            #expect(try await Self.delete(place, "OauthCustomScope", "delta") == nil)
            // With the apps that have them they go in one deployment.
            let deletion = PackageMother.manifest(
                [
                    ("OauthCustomScope", ["alpha", "gamma"]), ("ExternalClientApplication", ["Orders"]),
                    ("ConnectedApp", ["Legacy"]),
                ],
                path: "destructiveChanges.xml"
            )
            let deleted = try await place.deploy([PackageMother.manifest([]), deletion])
            #expect(deleted.record.status == .succeeded, "\(deleted.failures.map(\.problem))")
            #expect(try await place.files([("OauthCustomScope", ["*"])]).count == 1)
        }
    }

    @Test(
        "app-model 11.1: a document of an app is renamed within its type, and the app keeps what it says",
        arguments: TestDatabase.available
    )
    func satellites(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let types = PackageMother.appTypes + [Self.policies]
            let app = PackageMother.app() + [Self.policies("Orders", [("refreshTokenPolicyType", "Zero")])]
            try await Self.deploy(place, types, app)
            try await Self.deploy(place, types, PackageMother.app("Sales"))
            for (type, old, new, path) in [
                (
                    "ExtlClntAppGlobalOauthSettings", "Orders_glbloauth", "Main_g",
                    "extlClntAppGlobalOauthSets/Main_g.ecaGlblOauth"
                ),
                ("ExtlClntAppOauthSettings", "Orders_oauth", "Main_o", "extlClntAppOauthSettings/Main_o.ecaOauth"),
                (Self.policies, "Orders_p", "Main_p", "extlClntAppOauthPolicies/Main_p.ecaOauthPlcy"),
                (
                    "ExtlClntAppConfigurablePolicies", "Orders_defaultPolicy", "Main_a",
                    "extlClntAppPolicies/Main_a.ecaPlcy"
                ),
            ] {
                let before = try await place.files([(type, [old])])
                let text = try #require(before.first { $0.key != "package.xml" }?.value)
                #expect(try await Self.rename(place, type, "Unknown", new)?.code == .invalidCrossReferenceKey)
                #expect(try await Self.rename(place, type, old, new) == nil, "\(type)")
                let after = try await place.files([(type, ["*"])])
                #expect(after[path] == text, "\(type)")
            }
            #expect(
                try await Self.rename(place, "ExtlClntAppOauthSettings", "Main_o", "sales_oauth")?.code
                    == .duplicateDeveloperName
            )
            try await Self.deployAgain(place, types)
            for type in ["Profile", "PermissionSet", "Settings"] {
                let fault = try await place.fault(.rename(type: type, from: "Standard User", to: "New"))
                #expect(fault != nil, "\(type)")
            }
        }
    }
}
