import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import XML

@Suite("Names of documents")
struct DocumentNameTests {
    private static let oauthType = "ExtlClntAppOauthSettings"
    private static let types = PackageMother.appTypes.map { ($0, ["*"]) }

    private static func app(_ name: String, oauth: String) -> [SourceFile] {
        let files = PackageMother.app(name)
        return [
            files[0], files[1],
            PackageMother.document(
                "extlClntAppOauthSettings/\(oauth).ecaOauth",
                oauthType,
                [("commaSeparatedOauthScopes", "Api"), ("externalClientApplication", name)]
            ),
        ]
    }

    @Test(
        "app-model 1.1 and 11.6: a full name is there once in an org for each type, in whichever case",
        arguments: TestDatabase.available
    )
    func unique(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest(Self.types)
            let first = try await place.deploy([manifest] + Self.app("Sales", oauth: "Main"))
            #expect(first.record.status == .succeeded, "\(first.failures)")
            for name in ["Main", "MAIN"] {
                let second = try await place.deploy([manifest] + Self.app("Orders", oauth: name))
                let failure = try #require(second.failures.first { $0.componentType == Self.oauthType })
                #expect(failure.problem?.hasPrefix("DUPLICATE_DEVELOPER_NAME:") == true)
                #expect(failure.problem?.contains("'Sales'") == true && failure.fullName == name)
                #expect(failure.fileName == "extlClntAppOauthSettings/\(name).ecaOauth")
                #expect(try await place.files([(Self.oauthType, ["*"])]).count == 2)
            }
            // Of the same app it may be, and not by an update of an app that has another name for it.
            #expect(try await place.deploy([manifest] + Self.app("Sales", oauth: "main")).record.status == .succeeded)
            let other = try await place.deploy([manifest] + Self.app("Orders", oauth: "Other"))
            #expect(other.record.status == .succeeded, "\(other.failures)")
            let taken = try await place.deploy([manifest] + Self.app("Orders", oauth: "Main"))
            #expect(taken.failures.contains { $0.problem?.hasPrefix("DUPLICATE_DEVELOPER_NAME:") == true })
            let files = try await place.files([(Self.oauthType, ["*"])])
            #expect(
                files.keys.sorted() == [
                    "extlClntAppOauthSettings/Other.ecaOauth", "extlClntAppOauthSettings/main.ecaOauth", "package.xml",
                ]
            )
        }
    }

    @Test(
        "app-model 1.1: the full name of a document of an app has the form of a developer name",
        arguments: TestDatabase.available,
        ["My settings", "1st", "Main_", "Two__parts", "a-b", "Größe"]
    )
    func form(driver: TestDatabase, name: String) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest(Self.types)
            let refused = try await place.deploy([manifest] + Self.app("Sales", oauth: name))
            let failure = try #require(refused.failures.first { $0.componentType == Self.oauthType })
            #expect(failure.problem?.hasPrefix("INVALID_DEVELOPER_NAME:") == true, "\(failure)")
            #expect(failure.fileName == "extlClntAppOauthSettings/\(name).ecaOauth")
            // The names of generated documents are longer than that of their app may be.
            let long = String(repeating: "a", count: 80)
            let deployed = try await place.deploy([manifest] + PackageMother.app(long))
            #expect(deployed.record.status == .succeeded, "\(deployed.failures)")
        }
    }

    @Test(
        "app-model 11.1 and 12: a document under another name that takes the place of the one before says so",
        arguments: TestDatabase.available
    )
    func anotherName(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let manifest = PackageMother.manifest([("ExtlClntAppConfigurablePolicies", ["*"])])
            func policies(_ name: String) -> SourceFile {
                PackageMother.document(
                    "extlClntAppPolicies/\(name).ecaPlcy",
                    "ExtlClntAppConfigurablePolicies",
                    [("externalClientApplication", "Orders"), ("isEnabled", "true")]
                )
            }
            let renamed = try await place.deploy([manifest, policies("Orders_plcy")])
            let message = try #require(renamed.successes.first { $0.fullName == "Orders_plcy" })
            #expect(message.problemType == .info && message.problem?.contains("'Orders_defaultPolicy'") == true)
            let again = try await place.deploy([manifest, policies("Orders_plcy")])
            #expect(again.successes.allSatisfy { $0.problem == nil })

            let text =
                "<metadata><externalClientApplication>Orders</externalClientApplication><isEnabled>true</isEnabled></metadata>"
            let tree = try XMLReader(maximumBytes: 65_536, maximumDepth: 8).tree(Array(text.utf8))
            let component = Result { () throws(MetadataError) in
                try MetadataDocument.read(.appPolicies, fullName: "Mine", tree: tree, version: 68)
            }
            let given = GivenComponent(
                type: "ExtlClntAppConfigurablePolicies",
                fullName: "Mine",
                component: component
            )
            guard case .saved(let saved) = try await place.perform(.create([given], allOrNone: false)) else {
                throw MetadataPlace.Unexpected()
            }
            #expect(saved[0].problem?.code == .duplicateDeveloperName)
            #expect(saved[0].problem?.message.contains("'Orders_plcy'") == true)
            #expect(saved[0].problem?.message.contains("'Mine'") == false)
        }
    }

    @Test(
        "app-model 1.6: an update of app policies without isEnabled leaves it as it was; new ones need it",
        arguments: TestDatabase.available
    )
    func isEnabled(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest([("ExtlClntAppConfigurablePolicies", ["*"])])
            let off = PackageMother.document(
                "extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy",
                "ExtlClntAppConfigurablePolicies",
                [("externalClientApplication", "Orders"), ("isOauthPluginEnabled", "false")]
            )
            let all = PackageMother.manifest(Self.types + [("ExtlClntAppConfigurablePolicies", ["*"])])
            let new = try await place.deploy([all] + PackageMother.app() + [off])
            #expect(new.failures.contains { $0.problem?.hasPrefix("REQUIRED_FIELD_MISSING:") == true })
            try await place.deploy(PackageMother.package())
            let result = try await place.deploy([manifest, off])
            #expect(result.record.status == .succeeded, "\(result.failures)")
            let files = try await place.files([("ExtlClntAppConfigurablePolicies", ["*"])])
            let text = files["extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy"]
            #expect(text?.contains("<isEnabled>true</isEnabled>") == true)
            #expect(text?.contains("<isOauthPluginEnabled>false</isOauthPluginEnabled>") == true)
        }
    }

    @Test(
        "app-model 11.4: a file that cannot be read is told of with the type and the full name that its place gives it",
        arguments: TestDatabase.available
    )
    func unreadable(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let manifest = PackageMother.manifest([("ExtlClntAppOauthConfigurablePolicies", ["*"])])
            let bad = PackageMother.document(
                "extlClntAppOauthPolicies/Orders.v2.ecaOauthPlcy",
                "ExtlClntAppOauthConfigurablePolicies",
                [("externalClientApplication", "Orders"), ("permittedUsersPolicyType", "AdminApproved")]
            )
            let elsewhere = SourceFile(path: "classes/Orders.v2.cls", bytes: Array("class".utf8))
            let result = try await place.deploy([manifest, bad, elsewhere])
            let told = result.failures.map { [$0.fileName, $0.componentType, $0.fullName] }
            #expect(told.contains([bad.path, "ExtlClntAppOauthConfigurablePolicies", "Orders.v2"]))
            #expect(told.contains([elsewhere.path, "", "Orders.v2"]))
        }
    }
}
