import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Permissions of the Metadata API")
struct MetadataPermissionTests {
    @Test(
        "app-model 4.2: without Modify Metadata or Modify All Data nothing is done, and the refusal names both",
        arguments: TestDatabase.available
    )
    func noAccess(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, rights: [.externalClientAppDeveloper]) { place in
            let operations: [MetadataOperation] = [
                .deploy(archive: [], DeployOptions()), .deployRecentValidation(id: ""),
                .checkDeployStatus(id: "", includeDetails: true), .cancelDeploy(id: ""), .retrieve(RetrieveRequest()),
                .checkRetrieveStatus(id: "", includeZip: true), .checkStatus(ids: []), .listMetadata(types: []),
                .describeMetadata, .create([], allOrNone: false), .update([], allOrNone: false),
                .upsert([], allOrNone: false), .read(type: "ConnectedApp", names: []),
                .delete(type: "ConnectedApp", names: [], allOrNone: false),
                .rename(type: "ConnectedApp", from: "a", to: "b"),
            ]
            for operation in operations {
                let fault = try await place.fault(operation)
                #expect(fault?.code == .insufficientAccess, "\(operation)")
                #expect(
                    fault?.description.contains(
                        "Modify Metadata Through Metadata API Functions (ModifyMetadata) or Modify All Data (ModifyAllData)"
                    )
                        == true
                )
            }
        }
    }

    @Test(
        "app-model 4.2: each type needs its permission, which the refusal names",
        arguments: TestDatabase.available
    )
    func types(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, rights: [.modifyMetadata], allowsConnectedApps: true) { place in
            let policies = PackageMother.document(
                "extlClntAppPolicies/Orders_plcy.ecaPlcy",
                "ExtlClntAppConfigurablePolicies",
                [("externalClientApplication", "Orders"), ("isEnabled", "true")]
            )
            let settings = PackageMother.document("settings/OauthOidc.settings", "OauthOidcSettings", [])
            let set = PackageMother.document("permissionsets/Clerks.permissionset", "PermissionSet", [("label", "x")])
            let cases: [(String, SourceFile, String)] = [
                (
                    "ExternalClientApplication", PackageMother.app()[0],
                    "Create, edit, and delete External Client Apps"
                ),
                (
                    "ExtlClntAppConfigurablePolicies", policies,
                    "View all External Client Apps, view their settings, and edit their policies"
                ),
                ("ConnectedApp", PackageMother.connectedApp(), "Customize Application"),
                ("Settings", settings, "Customize Application"),
                ("PermissionSet", set, "Manage Profiles and Permission Sets"),
            ]
            for (type, file, permission) in cases {
                let result = try await place.deploy([PackageMother.manifest([(type, ["*"])]), file])
                let problem = result.failures.first?.problem ?? ""
                #expect(problem.hasPrefix("INSUFFICIENT_ACCESS:") && problem.contains(permission), "\(problem)")
            }
            for type in ["ExternalClientApplication", "ConnectedApp", "Profile", "OauthCustomScope"] {
                #expect(try await place.fault(.listMetadata(types: [type]))?.code == .insufficientAccess)
                let retrieved = try await place.retrieve([(type, ["*"])])
                #expect(retrieved.messages.first?.problem.hasPrefix("INSUFFICIENT_ACCESS:") == true)
                #expect(retrieved.files.map(\.fullName) == ["package.xml"])
            }
        }
    }

    @Test(
        "app-model 1.1 and 4.1: View all External Client Apps shows that there are apps; their settings and policies take the permission that says so",
        arguments: TestDatabase.available
    )
    func viewer(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let (org, profile) = (place.org.id, place.user.profile)
            for (permission, seesAll) in [(Permission.externalClientAppViewer, false), (.externalClientAppAdmin, true)]
            {
                try await place.database.write { connection in
                    let who = Profile(
                        id: profile,
                        org: org,
                        name: Profile.standardUser,
                        permissions: [.modifyMetadata, permission]
                    )
                    try Profiles.update(who, by: .server, now: MetadataPlace.now, on: connection)
                }
                #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 2)
                for (type, name) in [
                    ("ExtlClntAppGlobalOauthSettings", "Orders_glbloauth"),
                    ("ExtlClntAppOauthSettings", "Orders_oauth"),
                    ("ExtlClntAppOauthConfigurablePolicies", "Orders_oauth_defaultPolicy"),
                    ("ExtlClntAppConfigurablePolicies", "Orders_defaultPolicy"),
                ] {
                    let refusal: StatusCode? = seesAll ? nil : .insufficientAccess
                    let fault = try await place.fault(.read(type: type, names: [name]))
                    #expect(fault?.code == refusal)
                    #expect(fault?.description.contains("edit their policies") ?? seesAll)
                    #expect(try await place.fault(.listMetadata(types: [type]))?.code == refusal)
                    let files = try await place.files([(type, ["*"])]).values
                    #expect(files.contains { $0.contains("<members>\(name)</members>") } == seesAll)
                }
            }
        }
    }

    @Test(
        "app-model 0: an admin deploys policies and no settings",
        arguments: TestDatabase.available
    )
    func adminAlone(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let (org, profile) = (place.org.id, place.user.profile)
            try await place.database.write { connection in
                let admin = Profile(
                    id: profile,
                    org: org,
                    name: Profile.standardUser,
                    permissions: [.modifyMetadata, .externalClientAppAdmin]
                )
                try Profiles.update(admin, by: .server, now: MetadataPlace.now, on: connection)
            }
            let policies = PackageMother.document(
                "extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy",
                "ExtlClntAppConfigurablePolicies",
                [("externalClientApplication", "Orders"), ("isEnabled", "false")]
            )
            let manifest = PackageMother.manifest([("ExtlClntAppConfigurablePolicies", ["*"])])
            #expect(try await place.deploy([manifest, policies]).record.status == .succeeded)
            #expect(try await place.deploy(PackageMother.package(label: "Mine")).record.status == .failed)
        }
    }

    @Test(
        "app-model 4.2: who may not sign in any more when the work begins deploys nothing",
        arguments: TestDatabase.available
    )
    func frozenMeanwhile(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            var options = DeployOptions()
            options.singlePackage = true
            let id = try await place.begin(PackageMother.package(), options)
            let user = place.user.id
            try await place.database.write {
                try Users.setFrozen(user, true, by: .server, now: MetadataPlace.now, on: $0)
            }
            #expect(try await place.service.queue.runNext(now: MetadataPlace.now))
            let result = try await place.status(id)
            #expect(result.record.status == .failed && result.record.stage.failure?.code == .insufficientAccess)
        }
    }

    @Test(
        "app-model 13.4: a consumer secret is retrieved only with the org's switch and the permission, and the audit trail says so",
        arguments: TestDatabase.available
    )
    func secrets(driver: TestDatabase) async throws {
        let secret = "0123456789ABCDEF0123456789ABCDEF"
        let rights = MetadataPlace.allRights.union([.viewSecretsInMetadata])
        for (rights, isOn, isShown) in [
            (rights, true, true), (rights, false, false), (MetadataPlace.allRights, true, false),
        ] {
            try await MetadataPlace.run(on: driver, rights: rights) { place in
                try await place.deploy(PackageMother.package(global: [("consumerSecret", secret)]))
                let settings = PackageMother.document(
                    "settings/ExternalClientApp.settings",
                    "ExternalClientAppSettings",
                    [("enableConsumerSecretApiAccess", "\(isOn)")]
                )
                let manifest = PackageMother.manifest([("Settings", ["ExternalClientApp"])])
                #expect(try await place.deploy([manifest, settings]).record.status == .succeeded)
                let files = try await place.files([("ExtlClntAppGlobalOauthSettings", ["*"])])
                let document = files.values.joined()
                #expect(document.contains("<consumerKey>3MVG9"))
                #expect(document.contains("<consumerSecret>\(secret)</consumerSecret>") == isShown)
                #expect(try await place.audit.contains("credentialsViewed Orders") == isShown)
            }
        }
    }

    @Test(
        "security: a secret that nobody asked for is not opened, and the audit trail says seen of those alone that were",
        arguments: TestDatabase.available
    )
    func secretsOfOthers(driver: TestDatabase) async throws {
        let rights = MetadataPlace.allRights.union([.viewSecretsInMetadata])
        try await MetadataPlace.run(on: driver, rights: rights) { place in
            for name in ["Orders", "Sales", "Stock"] { try await place.deploy(PackageMother.package(name)) }
            let settings = PackageMother.document(
                "settings/ExternalClientApp.settings",
                "ExternalClientAppSettings",
                [("enableConsumerSecretApiAccess", "true")]
            )
            try await place.deploy([PackageMother.manifest([("Settings", ["ExternalClientApp"])]), settings])
            let type = "ExtlClntAppGlobalOauthSettings"
            func seen() async throws -> [String] {
                try await place.audit.filter { $0.hasPrefix("credentialsViewed") }
            }
            try await place.perform(.listMetadata(types: [type]))
            #expect(try await seen() == [])
            try await place.perform(.read(type: type, names: ["Sales_glbloauth"]))
            #expect(try await seen() == ["credentialsViewed Sales"])
            let files = try await place.files([(type, ["Stock_glbloauth"])])
            #expect(files.values.joined().contains("<consumerSecret>"))
            #expect(try await seen() == ["credentialsViewed Sales", "credentialsViewed Stock"])
            var request = RetrieveRequest()
            request.manifest = PackageManifest(entries: [.init(type: type, members: ["*"])])
            request.singlePackage = true
            request.specificFiles = ["extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth"]
            guard case .retrievalBegun(let id) = try await place.perform(.retrieve(request)) else {
                throw MetadataPlace.Unexpected()
            }
            try await place.perform(.checkRetrieveStatus(id: id, includeZip: true))
            #expect(try await seen().last == "credentialsViewed Orders")
            #expect(try await seen().count == 3)
        }
    }

    @Test(
        "security: credentials of a push service are sealed in the database, and opened with the org's switch and the permission alone",
        arguments: TestDatabase.available,
        [true, false]
    )
    func pushCredentials(driver: TestDatabase, maySee: Bool) async throws {
        let rights = maySee ? MetadataPlace.allRights.union([.viewSecretsInMetadata]) : MetadataPlace.allRights
        try await MetadataPlace.run(on: driver, rights: rights) { place in
            let type = "ExtlClntAppPushSettings"
            func push(_ app: String, _ config: String, service: String) -> [SourceFile] {
                let fields = [
                    (service == "Apple" ? "applePushConfig" : "androidPushConfig", config),
                    ("externalClientApplication", app), ("pushServiceType", service),
                ]
                let file = PackageMother.document("extlClntAppPushSettings/\(app)_push.ecaPush", type, fields)
                return [PackageMother.manifest([(type, ["*"])]), file]
            }
            let apple =
                "<environment>Sandbox</environment><keyIdentifier>K</keyIdentifier><signingKey>SIGNING+KEY</signingKey><teamIdentifier>T</teamIdentifier>"
            let android = "<fcmProject>p</fcmProject><serviceAccount>U0VSVklDRQ==</serviceAccount>"
            for name in ["Orders", "Sales"] { try await place.deploy(PackageMother.package(name)) }
            try await place.deploy([
                PackageMother.manifest([("Settings", ["ExternalClientApp"])]),
                PackageMother.document(
                    "settings/ExternalClientApp.settings",
                    "ExternalClientAppSettings",
                    [("enableConsumerSecretApiAccess", "true")]
                ),
            ])
            #expect(try await place.deploy(push("Orders", apple, service: "Apple")).record.status == .succeeded)
            #expect(try await place.deploy(push("Sales", android, service: "Android")).record.status == .succeeded)
            let stored = try await place.database.read { connection in
                try connection.rows("SELECT document FROM app_components WHERE kind = \(type)").map { row in
                    var row = row
                    return String(decoding: try row.blob(), as: UTF8.self)
                }.joined()
            }
            #expect(stored.contains("<keyIdentifier>K<") && stored.contains(PushSettings.sealedMark))
            #expect(!stored.contains("SIGNING+KEY") && !stored.contains("U0VSVklDRQ=="))

            let files = try await place.files([(type, ["*"])])
            let shown = files.values.joined()
            #expect(shown.contains("SIGNING+KEY") == maySee && shown.contains("U0VSVklDRQ==") == maySee)
            #expect(shown.contains(PushSettings.sealedMark) != maySee)
            #expect(try await place.audit.contains("credentialsViewed Orders") == maySee)
            // What was retrieved can be deployed again and changes nothing, and what was given again, too.
            let again = try await place.deploy(files.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) })
            #expect(again.record.status == .succeeded, "\(again.failures)")
            #expect(again.successes.allSatisfy { !$0.changed })
            #expect(
                try await place.deploy(push("Orders", apple, service: "Apple")).successes.allSatisfy { !$0.changed }
            )
            guard !maySee else { return }
            let sealed = try #require(shown.firstMatch(of: /signet-sealed:[A-Za-z0-9_-]+/)).output
            let moved = apple.replacing("SIGNING+KEY", with: sealed)
            for (app, config) in [("Orders", moved.replacing(sealed, with: sealed + "A")), ("Sales", moved)] {
                let refused = try await place.deploy(push(app, config, service: "Apple"))
                #expect(refused.record.status == .failed)
                #expect(refused.failures.contains { $0.problem?.contains("sealed for another app") == true })
            }
        }
    }

    @Test(
        "app-model 4.2: profiles, permission sets and SAML of a connected app need Manage Profiles and Permission Sets, each of them also to be taken away",
        arguments: TestDatabase.available
    )
    func assignments(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let saml = "<acsUrl>https://a.example/acs</acsUrl><entityUrl>https://a.example</entityUrl>"
            let parts = [
                "<profileName>\(Profile.standardUser)</profileName>", "<permissionSetName>Clerks</permissionSetName>",
                "<samlConfig>\(saml)<samlSubjectType>Username</samlSubjectType></samlConfig>",
            ]
            func app(_ part: String = "", label: String = "Legacy") -> SourceFile {
                let text = """
                    <ConnectedApp xmlns="\(PackageMother.namespace)"><contactEmail>dev@acme.example</contactEmail>\
                    <label>\(label)</label><oauthConfig><callbackUrl>https://legacy.example/cb</callbackUrl>\
                    <isAdminApproved>true</isAdminApproved><scopes>Api</scopes></oauthConfig>\(part)</ConnectedApp>
                    """
                return SourceFile(path: "connectedApps/Legacy.connectedApp", bytes: Array(text.utf8))
            }
            let set = PackageMother.document("permissionsets/Clerks.permissionset", "PermissionSet", [("label", "C")])
            let manifest = PackageMother.manifest([("ConnectedApp", ["*"]), ("PermissionSet", ["*"])])
            func deploy(_ files: [SourceFile]) async throws -> DeployResult {
                try await place.deploy([manifest] + files)
            }
            #expect(try await deploy([app(), set]).record.status == .succeeded)
            func expectRefused(_ file: SourceFile) async throws {
                let problem = try await deploy([file]).failures.first { $0.componentType == "ConnectedApp" }?.problem
                #expect(problem?.hasPrefix("INSUFFICIENT_ACCESS:") == true, "\(problem ?? "")")
                #expect(problem?.contains("Manage Profiles and Permission Sets") == true)
            }
            for part in parts {
                try await place.setRights(MetadataPlace.allRights.subtracting([.manageProfilesPermissionSets]))
                try await expectRefused(app(part))
                try await place.setRights(MetadataPlace.allRights)
                #expect(try await deploy([app(part)]).record.status == .succeeded)
                try await place.setRights(MetadataPlace.allRights.subtracting([.manageProfilesPermissionSets]))
                // What stays as it is needs nothing more; an empty element takes it away, and so does SAML that is left out.
                #expect(try await deploy([app(part, label: "New")]).record.status == .succeeded)
                let without = part.hasPrefix("<saml") ? app() : app(String(part.prefix { $0 != ">" }) + "/>")
                try await expectRefused(without)
                try await place.setRights(MetadataPlace.allRights)
                #expect(try await deploy([without]).record.status == .succeeded)
            }
        }
    }
}
