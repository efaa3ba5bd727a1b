import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Retrieval, lists and descriptions")
struct RetrievalTests {
    /// Every type that can be deployed, once.
    private static var everything: [SourceFile] {
        let policies = PackageMother.document(
            "extlClntAppOauthPolicies/Orders_oauth_defaultPolicy.ecaOauthPlcy",
            "ExtlClntAppOauthConfigurablePolicies",
            [
                ("commaSeparatedPermissionSet", "Clerks"), ("externalClientApplication", "Orders"),
                ("permittedUsersPolicyType", "AdminApprovedPreAuthorized"), ("refreshTokenPolicyType", "Infinite"),
            ]
        )
        let canvas = PackageMother.document(
            "extlClntAppCanvasSettings/Orders_canvas.ecaCanvas",
            "ExtlClntAppCanvasSettings",
            [
                ("accessMethod", "Get"), ("canvasUrl", "https://a.example/?a=1&amp;b=2"),
                ("externalClientApplication", "Orders"),
            ]
        )
        let security = PackageMother.document(
            "extlClntAppOauthSecuritySettings/Orders_security.ecaOauthSecurity",
            "ExtlClntAppOauthSecuritySettings",
            [
                ("externalClientApplication", "Orders"),
                ("tokenIpRanges", "<endIpAddress>192.0.2.9</endIpAddress><startIpAddress>192.0.2.1</startIpAddress>"),
            ]
        )
        let scope = PackageMother.document(
            "oauthcustomscopes/orders_read.oauthcustomscope",
            "OauthCustomScope",
            [
                ("description", "Read orders"), ("developerName", "orders_read"), ("isProtected", "false"),
                ("masterLabel", "Orders"),
            ]
        )
        let handler = PackageMother.document(
            "oauthtokenexchangehandlers/Exchange.oauthtokenexchangehandler",
            "OauthTokenExchangeHandler",
            [
                ("description", "x"), ("developerName", "Exchange"),
                (
                    "enablements",
                    "<apexExecutionUser>dev@acme.example</apexExecutionUser><externalClientApp>Orders</externalClientApp><isDefault>true</isDefault>"
                ),
                ("isAccessTokenSupported", "true"), ("isEnabled", "true"), ("isIdTokenSupported", "false"),
                ("isJwtSupported", "true"), ("isRefreshTokenSupported", "false"), ("isSaml2Supported", "false"),
                ("isUserCreationAllowed", "false"), ("masterLabel", "Exchange"), ("tokenHandlerApex", "Handler"),
            ]
        )
        let set = PackageMother.document(
            "permissionsets/Clerks.permissionset",
            "PermissionSet",
            [
                ("description", "Clerks &amp; others"), ("label", "Clerks"),
                ("userPermissions", "<enabled>true</enabled><name>ApiEnabled</name>"),
                ("userPermissions", "<enabled>true</enabled><name>ViewAllForecasts</name>"),
            ]
        )
        let profile = PackageMother.document(
            "profiles/Machines.profile",
            "Profile",
            [
                ("custom", "true"),
                (
                    "loginIpRanges",
                    "<description>office</description><endAddress>192.0.2.9</endAddress><startAddress>192.0.2.1</startAddress>"
                ),
                ("userLicense", "Salesforce"), ("userPermissions", "<enabled>true</enabled><name>ApiUserOnly</name>"),
            ]
        )
        let settings = [
            PackageMother.document(
                "settings/ExternalClientApp.settings",
                "ExternalClientAppSettings",
                [("enableClientSecretInRestApiAccess", "true")]
            ),
            PackageMother.document(
                "settings/ConnectedApp.settings",
                "ConnectedAppSettings",
                [("enableAdminApprovedAppsOnly", "false")]
            ),
            PackageMother.document("settings/OauthOidc.settings", "OauthOidcSettings", [("isPkceRequired", "true")]),
        ]
        let documents =
            PackageMother.app(global: [("isNamedUserJwtEnabled", "true")]) + [
                policies, canvas, security, scope, handler, set, profile, PackageMother.connectedApp(),
            ] + settings
        return [PackageMother.manifest(types.map { ($0, ["*"]) })] + documents
    }

    private static let types = [
        "ConnectedApp", "ExternalClientApplication", "ExtlClntAppCanvasSettings", "ExtlClntAppConfigurablePolicies",
        "ExtlClntAppGlobalOauthSettings", "ExtlClntAppOauthConfigurablePolicies", "ExtlClntAppOauthSecuritySettings",
        "ExtlClntAppOauthSettings",
        "OauthCustomScope", "OauthTokenExchangeHandler", "PermissionSet", "Profile", "Settings",
    ]

    @Test(
        "app-model 11.2: what is retrieved is deployed as it is, changes nothing, and is retrieved the same",
        arguments: TestDatabase.available
    )
    func identity(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let first = try await place.deploy(Self.everything)
            #expect(first.record.status == .succeeded, "\(first.failures)")
            let (before, count) = (try await place.directoryVersion, try await place.audit.count)
            for version in [68, 67] {
                let wanted = Self.types.map { ($0, ["*"]) }
                let once = try #require(try await place.retrieve(wanted, version: version).archive)
                let files = try ArchiveReader().files(of: once).map { SourceFile(path: $0.path, bytes: $0.bytes) }
                #expect(files.count >= Self.everything.count)
                let again = try await place.deploy(files)
                #expect(again.record.status == .succeeded, "\(again.failures)")
                #expect(again.successes.filter { $0.changed || $0.created }.map(\.fullName) == [])
                #expect(try await place.retrieve(wanted, version: version).archive == once)
            }
            // Nothing that nodes keep in memory is read anew, and nothing is in the audit trail.
            #expect(try await place.directoryVersion == before)
            #expect(try await place.audit.count == count)
        }
    }

    @Test(
        "app-model 11.2: a wildcard brings of the app that is part of the server what an admin may deploy again, its policies; its settings come by name, and lists call them installed",
        arguments: TestDatabase.available
    )
    func partOfServer(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let name = CommandLineApp.developerName
            let all = try await place.files(Self.types.map { ($0, ["*"]) })
            #expect(
                all.keys.filter { $0.contains(name) }.allSatisfy { $0.hasSuffix("Plcy") || $0.hasSuffix("ecaPlcy") }
            )
            #expect(all.keys.contains("extlClntAppOauthPolicies/\(name)_oauthPlcy.ecaOauthPlcy"))
            #expect(!(all["package.xml"] ?? "").contains("<members>\(name)</members>"))
            let named = try await place.files([("ExternalClientApplication", ["*", name])])
            #expect(named.keys.sorted() == ["externalClientApps/\(name).eca", "package.xml"])
            guard
                case .files(let listed) = try await place.perform(
                    .listMetadata(types: ["ExternalClientApplication", "ExtlClntAppOauthConfigurablePolicies"])
                )
            else { throw MetadataPlace.Unexpected() }
            #expect(listed.map(\.isInstalled) == [true, false])
        }
    }

    @Test(
        "app-model 11.2: an archive has its documents below unpackaged, unless one package is asked for, and names them in its manifest",
        arguments: TestDatabase.available
    )
    func layout(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let wanted = [("ExternalClientApplication", ["Orders", "Missing"]), ("ApexClass", ["*"])]
            let result = try await place.retrieve(wanted, singlePackage: false)
            let files = try ArchiveReader().files(of: try #require(result.archive))
            #expect(files.map(\.path) == ["unpackaged/externalClientApps/Orders.eca", "unpackaged/package.xml"])
            let manifest = String(decoding: files[1].bytes, as: UTF8.self)
            #expect(
                manifest == """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <Package xmlns="http://soap.sforce.com/2006/04/metadata">
                        <types>
                            <members>Orders</members>
                            <name>ExternalClientApplication</name>
                        </types>
                        <version>68.0</version>
                    </Package>

                    """
            )
            #expect(
                String(decoding: files[0].bytes, as: UTF8.self) == """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <ExternalClientApplication xmlns="http://soap.sforce.com/2006/04/metadata">
                        <contactEmail>dev@acme.example</contactEmail>
                        <distributionState>Local</distributionState>
                        <label>Orders</label>
                    </ExternalClientApplication>

                    """
            )
            #expect(
                result.messages.map(\.problem) == [
                    "Entity of type 'ExternalClientApplication' named 'Missing' cannot be found",
                    "Entity type: 'ApexClass' is unknown",
                ]
            )
            #expect(result.messages.allSatisfy { $0.fileName == "unpackaged/package.xml" })
            #expect(result.files.map(\.fileName) == files.map(\.path))
        }
    }

    /// Another user of the org, with the same profile.
    private static func colleague(_ place: MetadataPlace) async throws -> MetadataCaller {
        var randomness = SystemRandomNumberGenerator()
        let (org, now) = (place.org, MetadataPlace.now)
        let user = User(
            id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
            org: org.id,
            username: "eve@acme.example",
            email: "eve@acme.example",
            lastName: "Eve",
            nickname: "eve",
            profile: place.user.profile,
            createdAt: now,
            updatedAt: now
        )
        let account = try await place.database.write { connection in
            try Users.insert(user, passwordHash: nil, by: .server, on: connection)
            return try Users.account(user.id, on: connection)
        }
        return MetadataCaller(org: org, account: try #require(account), source: nil, version: 68, now: now)
    }

    @Test("app-model 11.1: a retrieval is answered to whoever asked alone", arguments: TestDatabase.available)
    func otherUser(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            guard case .retrievalBegun(let id) = try await place.perform(.retrieve(RetrieveRequest())) else {
                throw MetadataPlace.Unexpected()
            }
            #expect(id.hasPrefix("09S"))
            #expect(
                try await place.fault(.checkRetrieveStatus(id: "09S000000000001", includeZip: true))?.code
                    == .invalidIDField
            )
            guard case .states(let states) = try await place.perform(.checkStatus(ids: [id])) else {
                throw MetadataPlace.Unexpected()
            }
            #expect(states.map(\.isDone) == [true])
            let other = try await Self.colleague(place)
            for operation in [
                MetadataOperation.checkRetrieveStatus(id: id, includeZip: true), .checkStatus(ids: [id]),
            ] {
                let fault = await #expect(throws: MetadataFault.self) {
                    try await place.service.perform(operation, by: other)
                }
                #expect(fault?.code == .invalidIDField)
            }
            let many = Array(repeating: id, count: 11)
            #expect(try await place.fault(.checkStatus(ids: many))?.code == .limitExceeded)
            let swept = try await place.database.write {
                try Retrievals.sweep(before: MetadataPlace.now + .seconds(1), limit: 10, on: $0)
            }
            #expect(swept == 1)
        }
    }

    @Test(
        "app-model 1.1: describeMetadata tells the types of a version with their folders and suffixes",
        arguments: [(59, 9), (60, 11), (63, 12), (64, 17), (66, 18), (67, 19), (68, 19)]
    )
    func description(_ version: Int, _ count: Int) throws {
        let objects = MetadataDescription(version: version).objects
        #expect(objects.count == count, "\(objects.map(\.xmlName))")
        let header = try #require(objects.first { $0.xmlName == "ExternalClientApplication" })
        #expect(header.directoryName == "externalClientApps" && header.suffix == "eca")
        let settings = objects.filter { $0.xmlName == "Settings" }
        #expect(settings.map(\.directoryName) == ["settings"])
        #expect(objects.contains { $0.xmlName == "ExtlClntAppCanvasSettings" } == (version >= 66))
    }

    @Test(
        "app-model 11.4: each document of an app has an id of its own, the same in lists, retrievals and deployments",
        arguments: TestDatabase.available
    )
    func ids(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let deployed = try await place.deploy(PackageMother.package())
            let ids = Dictionary(deployed.successes.map { ($0.fullName, $0.id ?? "") }) { first, _ in first }
            var all: [String] = []
            for type in PackageMother.appTypes {
                guard case .files(let listed) = try await place.perform(.listMetadata(types: [type])) else {
                    throw MetadataPlace.Unexpected()
                }
                let names = listed.map(\.fullName)
                let retrieved = try await place.retrieve([(type, names)]).files.filter { $0.type == type }
                #expect(listed.map(\.id) == retrieved.map(\.id) && !listed.isEmpty)
                for file in listed where file.fullName.hasPrefix("Orders") { #expect(file.id == ids[file.fullName]) }
                all += listed.map(\.id)
            }
            #expect(Set(all).count == all.count && all.allSatisfy { $0.utf8.count == 18 }, "\(all)")
        }
    }

    @Test(
        "app-model 11.5: a list has up to three types, each component with its path",
        arguments: TestDatabase.available
    )
    func lists(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            func list(_ types: [String]) async throws -> [FileProperties] {
                guard case .files(let files) = try await place.perform(.listMetadata(types: types)) else {
                    throw MetadataPlace.Unexpected()
                }
                return files
            }
            let files = try await list(["ExternalClientApplication", "ExtlClntAppOauthSettings", "Settings"])
            #expect(
                files.map(\.fileName) == [
                    "externalClientApps/Orders.eca", "externalClientApps/SignetCLI.eca",
                    "extlClntAppOauthSettings/Orders_oauth.ecaOauth",
                    "extlClntAppOauthSettings/SignetCLI_oauth.ecaOauth", "settings/ExternalClientApp.settings",
                    "settings/ConnectedApp.settings",
                    "settings/OauthOidc.settings",
                ]
            )
            #expect(files[0].id.hasPrefix("0xI") && files[0].createdAt == MetadataPlace.now)
            let four = Array(repeating: "ConnectedApp", count: 4)
            #expect(try await place.fault(.listMetadata(types: four))?.code == .limitExceeded)
            #expect(try await place.fault(.listMetadata(types: ["ApexClass"]))?.code == .invalidType)
        }
    }

    private static func golden(_ type: String, _ elements: String...) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <\(type) xmlns="http://soap.sforce.com/2006/04/metadata">
            \(elements.joined(separator: "\n    "))
        </\(type)>

        """
    }

    @Test(
        "app-model 1: a retrieved app is written to the letter: declaration, namespace, four spaces, the documented order, escaped texts",
        arguments: TestDatabase.available
    )
    func goldenFiles(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            // Out of order, with blanks and another prefix, as somebody may write it.
            let header = """
                <m:ExternalClientApplication xmlns:m="http://soap.sforce.com/2006/04/metadata">
                  <m:label>Orders &amp; &lt;more&gt; "x"</m:label><m:isProtected>TRUE</m:isProtected>
                <m:contactEmail>dev@acme.example</m:contactEmail></m:ExternalClientApplication>
                """
            var files = PackageMother.package(global: [("isPkceRequired", "false"), ("consumerKey", "3MVG9orders.key")])
            files[1] = SourceFile(path: files[1].path, bytes: Array(header.utf8))
            try await place.deploy(files)
            let retrieved = try await place.files(
                (PackageMother.appTypes + ["ExtlClntAppConfigurablePolicies"]).map { ($0, ["*"]) }
            )
            #expect(
                retrieved["externalClientApps/Orders.eca"]
                    == Self.golden(
                        "ExternalClientApplication",
                        "<contactEmail>dev@acme.example</contactEmail>",
                        "<isProtected>true</isProtected>",
                        "<label>Orders &amp; &lt;more&gt; &quot;x&quot;</label>"
                    )
            )
            #expect(
                retrieved["extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth"]
                    == Self.golden(
                        "ExtlClntAppGlobalOauthSettings",
                        "<callbackUrl>https://orders.example/cb</callbackUrl>",
                        "<consumerKey>3MVG9orders.key</consumerKey>",
                        "<externalClientApplication>Orders</externalClientApplication>",
                        "<isPkceRequired>false</isPkceRequired>"
                    )
            )
            #expect(
                retrieved["extlClntAppOauthSettings/Orders_oauth.ecaOauth"]
                    == Self.golden(
                        "ExtlClntAppOauthSettings",
                        "<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>",
                        "<externalClientApplication>Orders</externalClientApplication>"
                    )
            )
            // What a save in Setup makes by itself: app-model 1.6.
            #expect(
                retrieved["extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy"]
                    == Self.golden(
                        "ExtlClntAppConfigurablePolicies",
                        "<externalClientApplication>Orders</externalClientApplication>",
                        "<isEnabled>true</isEnabled>",
                        "<isOauthPluginEnabled>true</isOauthPluginEnabled>",
                        "<startPage>None</startPage>"
                    )
            )
        }
    }
}
