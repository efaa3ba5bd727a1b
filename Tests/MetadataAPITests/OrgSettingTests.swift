import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Settings of an org")
struct OrgSettingTests {
    private static func deploy(
        _ place: MetadataPlace,
        _ type: String,
        _ fields: [(String, String)],
        at span: TimeSpan = .seconds(0)
    )
        async throws -> DeployResult
    {
        let name = String(type.dropLast("Settings".count))
        let file = PackageMother.document("settings/\(name).settings", type, fields)
        return try await place.deploy(
            [PackageMother.manifest([("Settings", ["*"])]), file],
            now: MetadataPlace.now + span
        )
    }

    @Test(
        "app-model 1.10 and 12: a switch of the org that does nothing is kept, and the deployment says so",
        arguments: TestDatabase.available
    )
    func notes(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            for (type, element) in [
                ("ConnectedAppSettings", "enableAdminApprovedAppsOnlyForExternalUser"),
                ("ConnectedAppSettings", "enableSkipUserProvisioningWizardWelcomePage"),
                ("ExternalClientAppSettings", "enablePackageEcaOauthFromDevOrg"),
                ("OauthOidcSettings", "blockOAuthUsrAgtFlow"), ("OauthOidcSettings", "oAuthCdCrdtFlowEnable"),
            ] {
                for value in ["true", "false"] {
                    let result = try await Self.deploy(place, type, [(element, value)])
                    #expect(result.record.status == .succeeded, "\(result.failures)")
                    let message = try #require(result.successes.first { $0.componentType == "Settings" })
                    #expect((message.problemType == .info) == (value == "true"), "\(element)")
                    #expect(
                        message.problem?.contains("\(element): It is kept and has no effect")
                            == (value == "true" ? true : nil)
                    )
                }
            }
            for (type, element) in [
                ("ExternalClientAppSettings", "enableClientSecretInRestApiAccess"),
                ("ConnectedAppSettings", "enableAdminApprovedAppsOnly"),
                ("OauthOidcSettings", "isPkceRequired"), ("OauthOidcSettings", "blockOAuthUnPwFlow"),
            ] {
                let result = try await Self.deploy(place, type, [(element, "true")])
                #expect(result.successes.allSatisfy { $0.problem == nil }, "\(element)")
            }
        }
    }

    @Test(
        "app-model 1.1 and 1.10: while external client apps are switched off none is made, and those that are there stay",
        arguments: TestDatabase.available
    )
    func optIn(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            _ = try await Self.deploy(place, "ExternalClientAppSettings", [("enableExternalClientApps", "false")])
            let refused = try await place.deploy(PackageMother.package("Sales"))
            #expect(
                refused.failures.contains {
                    $0.problem?.hasPrefix("FEATURE_NOT_ENABLED:") == true
                        && $0.problem?.contains("enableExternalClientApps") == true
                }
            )
            #expect(try await place.deploy(PackageMother.package(label: "Orders 2")).record.status == .succeeded)
            _ = try await Self.deploy(place, "ExternalClientAppSettings", [("enableExternalClientApps", "true")])
            #expect(try await place.deploy(PackageMother.package("Sales")).record.status == .succeeded)
        }
    }

    @Test(
        "app-model 1.1 and 6.1: while external client apps are switched off no package is installed, and those that are installed are upgraded",
        arguments: TestDatabase.available
    )
    func optInForPackages(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let first = try await place.package()
            try await place.trust(first)
            try await Self.switchExternalClientApps(false, place.target)
            let refusal = try await place.refusal(first)
            #expect(refusal?.contains("enableExternalClientApps") == true, "\(refusal ?? "")")
            #expect(try await place.target.stored("Orders") == nil)
            try await Self.switchExternalClientApps(true, place.target)
            try await place.install(first)
            try await Self.switchExternalClientApps(false, place.target)
            #expect(try await place.upgrade(try await place.package("2.0.0")).step == .upgrade)
        }
    }

    @Test(
        "app-model 1.1 and 10: while external client apps are switched off no connected app is migrated",
        arguments: TestDatabase.available
    )
    func optInForMigration(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            try await place.deploy([ConnectedAppPlace.connectedApp()])
            func migrate() async throws -> String? {
                do {
                    try await place.act { try $0.migrate($1, on: $2) }
                    return nil
                } catch let refusal as AppLifecycle.Refusal {
                    return refusal.description
                }
            }
            try await Self.switchExternalClientApps(false, place)
            #expect(try await migrate()?.contains("enableExternalClientApps") == true)
            #expect(try await place.stored("Billing")?.kind == .connectedApp)
            try await Self.switchExternalClientApps(true, place)
            #expect(try await migrate() == nil)
            #expect(try await place.stored("Billing")?.kind == .externalClientApp)
        }
    }

    private static func switchExternalClientApps(_ isOn: Bool, _ place: ConnectedAppPlace) async throws {
        let org = place.org.id
        try await place.database.write { connection in
            var settings = try OrgSettings.externalClientApps(org: org, on: connection)
            settings.enableExternalClientApps = isOn
            let component = MetadataComponent(fullName: "", content: .externalClientAppSettings(settings))
            try OrgSettings.save(component, org: org, by: .server, now: ConnectedAppPlace.now, on: connection)
        }
    }

    @Test(
        "app-model 1.10: no switch for external client apps is on while they are off, whichever of the two is deployed last",
        arguments: TestDatabase.available,
        ["enableClientSecretInRestApiAccess", "enableConsumerSecretApiAccess", "enablePackageEcaOauthFromDevOrg"]
    )
    func switches(driver: TestDatabase, element: String) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let type = "ExternalClientAppSettings"
            func expectRefused(_ result: DeployResult) {
                let problem = result.failures.first { $0.componentType == "Settings" }?.problem
                #expect(problem?.hasPrefix("INVALID_FIELD:") == true, "\(problem ?? "")")
                #expect(problem?.contains(element) == true && problem?.contains("enableExternalClientApps") == true)
            }
            _ = try await Self.deploy(place, type, [(element, "true")])
            expectRefused(try await Self.deploy(place, type, [("enableExternalClientApps", "false")]))
            let both = [(element, "false"), ("enableExternalClientApps", "false")]
            #expect(try await Self.deploy(place, type, both).record.status == .succeeded)
            expectRefused(try await Self.deploy(place, type, [(element, "true")]))
            let text = try await place.files([("Settings", ["ExternalClientApp"])])[
                "settings/ExternalClientApp.settings"
            ]
            #expect(text?.contains("<\(element)>false</\(element)>") == true, "\(text ?? "")")
        }
    }

    @Test(
        "app-model 11.4: a list dates each component by its own last change",
        arguments: TestDatabase.available
    )
    func dates(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let changed = try await place.deploy(
                PackageMother.package(label: "Orders 2"),
                now: MetadataPlace.now + .days(1)
            )
            #expect(changed.record.status == .succeeded)
            _ = try await Self.deploy(place, "OauthOidcSettings", [("isPkceRequired", "true")], at: .days(2))
            func dates(_ type: String) async throws -> [String: Timestamp] {
                guard case .files(let files) = try await place.perform(.listMetadata(types: [type])) else {
                    throw MetadataPlace.Unexpected()
                }
                let retrieved = try await place.retrieve([(type, ["*"])]).files
                let own = files.filter { !$0.isInstalled }
                for file in own {
                    #expect(retrieved.contains { $0.fullName == file.fullName && $0.updatedAt == file.updatedAt })
                }
                return Dictionary(uniqueKeysWithValues: own.map { ($0.fullName, $0.updatedAt) })
            }
            #expect(try await dates("ExternalClientApplication") == ["Orders": MetadataPlace.now + .days(1)])
            #expect(try await dates("ExtlClntAppOauthSettings") == ["Orders_oauth": MetadataPlace.now])
            #expect(
                try await dates("Settings") == [
                    "ConnectedApp": MetadataPlace.now, "ExternalClientApp": MetadataPlace.now,
                    "OauthOidc": MetadataPlace.now + .days(2),
                ]
            )
        }
    }

    @Test(
        "app-model 11.4: what came from a package is installed, and what the org owns of it is unmanaged, which alone is retrieved by a wildcard",
        arguments: TestDatabase.available
    )
    func installed(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            var randomness = SystemRandomNumberGenerator()
            let (org, now) = (place.target.org, PackagePlace.now)
            let profile = Profile(
                id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
                org: org.id,
                name: "Machines",
                permissions: MetadataPlace.allRights
            )
            let user = User(
                id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                org: org.id,
                username: "dev@subscriber.example",
                email: "dev@subscriber.example",
                lastName: "Dev",
                nickname: "dev",
                profile: profile.id,
                createdAt: now,
                updatedAt: now
            )
            let account = try await place.target.database.write { connection in
                try Profiles.insert(profile, by: .server, now: now, on: connection)
                try Users.insert(user, passwordHash: nil, by: .server, on: connection)
                return try Users.account(user.id, on: connection)
            }
            let caller = MetadataCaller(
                org: org,
                account: try #require(account),
                source: nil,
                version: 68,
                now: now
            )
            let service = MetadataService(database: place.target.database, masterKey: place.target.masterKey)
            func retrieved(_ type: String, _ names: [String]) async throws -> [String] {
                var request = RetrieveRequest()
                request.manifest = PackageManifest(entries: [.init(type: type, members: names)])
                request.singlePackage = true
                guard case .retrievalBegun(let id) = try await service.perform(.retrieve(request), by: caller),
                    case .retrieval(let result) = try await service.perform(
                        .checkRetrieveStatus(id: id, includeZip: true),
                        by: caller
                    )
                else { throw MetadataPlace.Unexpected() }
                return result.files.map(\.fileName).filter { $0 != "package.xml" }.sorted()
            }
            for (type, isInstalled) in [
                ("ExternalClientApplication", true), ("ExtlClntAppOauthSettings", true),
                ("ExtlClntAppCanvasSettings", true), ("ExtlClntAppOauthConfigurablePolicies", false),
                ("ExtlClntAppConfigurablePolicies", false), ("Settings", false),
            ] {
                guard case .files(let files) = try await service.perform(.listMetadata(types: [type]), by: caller)
                else {
                    throw MetadataPlace.Unexpected()
                }
                #expect(!files.isEmpty && files.allSatisfy { $0.isInstalled == isInstalled }, "\(type)")
                let all = try await retrieved(type, ["*"])
                #expect(all == (isInstalled ? [] : files.map(\.fileName).sorted()), "\(type)")
                #expect(try await retrieved(type, files.map(\.fullName)) == files.map(\.fileName).sorted(), "\(type)")
            }
        }
    }
}
