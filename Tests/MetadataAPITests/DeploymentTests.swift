import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Deployments")
struct DeploymentTests {
    @Test(
        "app-model 11: a package is deployed, told of file by file, and in the audit trail",
        arguments: TestDatabase.available
    )
    func deploys(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let result = try await place.deploy(PackageMother.package())
            #expect(result.record.status == .succeeded, "\(result.messages)")
            #expect(result.record.id.rawValue.hasPrefix("0Af"))
            let counts = result.record.counts
            #expect([counts.files, counts.total, counts.deployed, counts.errors] == [4, 3, 3, 0])
            #expect(result.failures.isEmpty)
            let header = try #require(result.successes.first { $0.componentType == "ExternalClientApplication" })
            #expect(header.created && header.changed && !header.deleted)
            #expect(header.fullName == "Orders" && header.fileName == "externalClientApps/Orders.eca")
            #expect(header.id?.hasPrefix("0xI") == true)
            #expect(result.successes.contains { $0.fileName == "package.xml" })
            let again = try await place.deploy(PackageMother.package())
            #expect(again.successes.allSatisfy { !$0.created && !$0.changed })
            let changed = try await place.deploy(PackageMother.package(label: "Orders 2"))
            #expect(changed.successes.filter(\.changed).map(\.componentType) == ["ExternalClientApplication"])
        }
    }

    @Test(
        "app-model 11.3: checkOnly validates and keeps nothing; what was validated can be deployed for ten days",
        arguments: TestDatabase.available
    )
    func validation(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let validation = try await place.deploy(PackageMother.package()) { $0.checkOnly = true }
            #expect(validation.record.status == .succeeded)
            #expect(validation.successes.contains { $0.created })
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
            let id = validation.record.id.rawValue
            let late = MetadataPlace.now + .days(10)
            #expect(try await place.fault(.deployRecentValidation(id: id), now: late)?.code == .invalidIDField)
            guard case .deployment(let begun) = try await place.perform(.deployRecentValidation(id: id)) else {
                throw MetadataPlace.Unexpected()
            }
            #expect(begun.record.id != validation.record.id && !begun.options.checkOnly)
            while try await place.service.queue.runNext(now: MetadataPlace.now) {}
            #expect(try await place.status(begun.record.id.rawValue).record.status == .succeeded)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 2)
            // Done for good, it is no validation.
            let done = begun.record.id.rawValue
            #expect(try await place.fault(.deployRecentValidation(id: done))?.code == .invalidIDField)
        }
    }

    @Test(
        "app-model 11.3: one error takes everything back, unless rollbackOnError is false",
        arguments: TestDatabase.available
    )
    func rollback(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let broken = PackageMother.document(
                "externalClientApps/Broken.eca",
                "ExternalClientApplication",
                [("distributionState", "Nowhere"), ("label", "Broken")]
            )
            let files = PackageMother.package() + [broken]
            let failed = try await place.deploy(files)
            #expect(failed.record.status == .failed && !failed.isSuccess)
            #expect(failed.record.counts.errors == 1)
            let message = try #require(failed.failures.first)
            #expect(message.fileName == "externalClientApps/Broken.eca" && message.problemType == .error)
            #expect(
                message.problem?.contains("'Nowhere' is not a valid value for the enum 'ExtlClntAppDistState'") == true
            )
            #expect(message.line == 1)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
            #expect(try await place.audit.allSatisfy { !$0.contains("Orders") })
            let partial = try await place.deploy(files) { $0.rollbackOnError = false }
            #expect(partial.record.status == .succeededPartial)
            #expect(
                try await place.files([("ExternalClientApplication", ["*"])]).keys.sorted().first?.contains("Orders")
                    == true
            )
        }
    }

    @Test(
        "app-model 11.3: options that production refuses are refused in every edition but Developer",
        arguments: TestDatabase.available
    )
    func production(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, edition: .enterprise) { place in
            var options = DeployOptions()
            options.rollbackOnError = false
            let partial = try await place.fault(.deploy(archive: [], options))
            #expect(partial?.code == .invalidOperation)
            options = DeployOptions()
            options.allowMissingFiles = true
            let missing = try await place.fault(.deploy(archive: [], options))
            #expect(missing?.code == .invalidOperation)
        }
    }

    @Test(
        "app-model 11.6: what manifest and archive do not agree on is told in the original's words",
        arguments: TestDatabase.available
    )
    func mismatch(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let missing = PackageMother.manifest([("ExternalClientApplication", ["Other"])])
            var result = try await place.deploy([missing])
            #expect(
                result.failures.first?.problem?.contains(
                    "An object 'Other' of type ExternalClientApplication was named in package.xml, but was not found in zipped directory."
                ) == true
            )
            result = try await place.deploy([missing]) { $0.allowMissingFiles = true }
            #expect(result.record.status == .succeeded)
            let unnamed = [PackageMother.manifest([])] + PackageMother.app()
            result = try await place.deploy(unnamed)
            #expect(result.failures.map(\.problem) == Array(repeating: "Not in package.xml", count: 3))
            #expect(result.failures.allSatisfy { $0.problemType == .warning })
            result = try await place.deploy(unnamed) { $0.ignoreWarnings = true }
            #expect(result.record.status == .succeeded)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
            result = try await place.deploy([PackageMother.manifest([("ApexClass", ["*"])])])
            #expect(
                result.failures.first?.problem?.contains("Unknown type name 'ApexClass' specified in package.xml")
                    == true
            )
            result = try await place.deploy(Array(PackageMother.package().dropFirst()))
            #expect(result.record.status == .failed)
            #expect(result.record.stage.failure?.message.hasPrefix("No package.xml found.") == true)
        }
    }

    @Test(
        "app-model 11.6: the refusals of documents have the original's words",
        arguments: TestDatabase.available
    )
    func refusals(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let all = PackageMother.manifest(PackageMother.appTypes.map { ($0, ["*"]) })
            let (header, global, oauth) = (PackageMother.app()[0], PackageMother.app()[1], PackageMother.app()[2])
            var result = try await place.deploy([all, header, global])
            #expect(
                result.failures.contains {
                    $0.problem?.contains(
                        "The external client app configured in your global OAuth Settings doesn't have a valid OAuth settings configuration."
                    ) == true
                }
            )
            result = try await place.deploy([all, oauth])
            #expect(result.failures.first?.problem?.hasPrefix("INVALID_CROSS_REFERENCE_KEY:") == true)
            let orphan = PackageMother.document(
                "extlClntAppOauthSettings/Orders_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                [("externalClientApplication", "")]
            )
            result = try await place.deploy([all, orphan])
            #expect(
                result.failures.first?.problem?.contains("Enter the name of the parent external client app") == true
            )
            // Nothing is left out silently: the other documents of a refused app say that they were not deployed.
            result = try await place.deploy([all, header, global])
            #expect(result.failures.map(\.fileName).sorted() == [global.path, header.path].sorted())
        }
    }

    /// What a package is refused with.
    private static func problem(of files: [SourceFile], in place: MetadataPlace) async throws -> String {
        let types = PackageMother.appTypes + ["ExtlClntAppOauthConfigurablePolicies", "OauthCustomScope"]
        let result = try await place.deploy([PackageMother.manifest(types.map { ($0, ["*"]) })] + files)
        #expect(result.record.status == .failed)
        return result.failures.compactMap(\.problem).joined(separator: "\n")
    }

    @Test(
        "app-model 11.6: links, users, enums, scopes and names that are taken are refused in the original's words",
        arguments: TestDatabase.available
    )
    func refusedValues(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            func policies(_ field: String, _ value: String) -> SourceFile {
                PackageMother.document(
                    "extlClntAppOauthPolicies/Orders_p.ecaOauthPlcy",
                    "ExtlClntAppOauthConfigurablePolicies",
                    [("externalClientApplication", "Orders"), (field, value)]
                )
            }
            let linked = PackageMother.document(
                "externalClientApps/Orders.eca",
                "ExternalClientApplication",
                [("label", "Orders"), ("orgScopedExternalApp", "Orders")]
            )
            let cases: [([SourceFile], [String])] = [
                (
                    [linked],
                    [
                        "The Org Scoped External Client App must be in the format DeveloperOrganizationId:ExternalClientAppDeveloperName"
                    ]
                ),
                (
                    PackageMother.app() + [policies("clientCredentialsFlowUser", "nobody@acme.example")],
                    ["Enter a valid execution user for the OAuth client credentials flow."]
                ),
                (
                    PackageMother.app() + [policies("permittedUsersPolicyType", "AdminApproved")],
                    ["'AdminApproved' is not a valid value for the enum 'PermittedUsersPolicyType'"]
                ),
                // The 36 names of app-model 3, of which the message lists each.
                (
                    PackageMother.app(scopes: "api"),
                    [
                        "Full", "Api", "Web", "RefreshToken", "OfflineAccess", "OpenID", "Basic", "Profile", "Email",
                        "Address",
                        "Phone", "CustomPermissions", "Chatter", "CustomApplications", "Content", "Lightning", "Wave",
                        "Eclair",
                        "Pardot", "CDP", "CDPIngest", "CDPProfile", "CDPQuery", "CDPSegment", "CDPIdentityResolution",
                        "CDPCalculatedInsight", "DataCloudUserClaims", "Chatbot", "SFApiPlatform", "Interaction",
                        "EinsteinGPT",
                        "MCP", "SCRT", "UserRegistration", "ForgotPassword", "PwdlessLogin",
                    ]
                ),
            ]
            for (files, texts) in cases {
                let problem = try await Self.problem(of: files, in: place)
                for text in texts { #expect(problem.contains(text), "\(problem)") }
            }
        }
    }

    @Test(
        "app-model 11.6: a consumer key, a developer name and a label that are taken are refused as duplicates",
        arguments: TestDatabase.available
    )
    func duplicates(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package(global: [("consumerKey", "3MVG9orders.key")]))
            let other = PackageMother.app("Sales", global: [("consumerKey", "3MVG9orders.key")])
            let taken = try await Self.problem(of: other, in: place)
            #expect(taken.contains("DUPLICATE_VALUE: consumerKey: The consumer key is already in use."))
            let more = PackageMother.document(
                "extlClntAppOauthSettings/Orders_more.ecaOauth",
                "ExtlClntAppOauthSettings",
                [("externalClientApplication", "ORDERS")]
            )
            let twice = try await Self.problem(of: PackageMother.app() + [more], in: place)
            #expect(twice.contains("DUPLICATE_DEVELOPER_NAME"))
            func scope(_ name: String) -> SourceFile {
                PackageMother.document(
                    "oauthcustomscopes/\(name).oauthcustomscope",
                    "OauthCustomScope",
                    [("description", name), ("developerName", name), ("isProtected", "false"), ("masterLabel", "Same")]
                )
            }
            let scopes = try await Self.problem(of: [scope("first"), scope("second")], in: place)
            #expect(scopes.contains("DUPLICATE_VALUE: masterLabel: duplicate value found"))
        }
    }

    @Test("app-model 11.2: several packages, each in its folder", arguments: TestDatabase.available)
    func folders(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let files = PackageMother.package().map { SourceFile(path: "metadata/" + $0.path, bytes: $0.bytes) }
            #expect(try await place.deploy(files).record.status == .failed)
            let result = try await place.deploy(files) { $0.singlePackage = false }
            #expect(result.record.status == .succeeded)
            #expect(result.successes.contains { $0.fileName == "metadata/externalClientApps/Orders.eca" })
        }
    }

    @Test(
        "app-model 11.2: destructive changes go before, with and after what is deployed; wildcards are refused",
        arguments: TestDatabase.available
    )
    func destructiveChanges(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let empty = PackageMother.manifest([])
            func changes(_ entries: [(String, [String])], _ file: String) -> SourceFile {
                PackageMother.manifest(entries, path: file)
            }
            var result = try await place.deploy([
                empty, changes([("ExternalClientApplication", ["*"])], "destructiveChanges.xml"),
            ])
            #expect(result.record.status == .failed)
            result = try await place.deploy([
                empty, changes([("ExtlClntAppOauthSettings", ["Orders_oauth"])], "destructiveChanges.xml"),
            ])
            #expect(result.failures.first?.problem?.hasPrefix("DEPENDENCY_EXISTS:") == true)
            // The order: deleted before, it is made anew; deleted after, it is gone.
            let before = changes([("ExternalClientApplication", ["Orders"])], "destructiveChangesPre.xml")
            result = try await place.deploy(PackageMother.package() + [before])
            #expect(result.successes.contains { $0.deleted } && result.successes.contains { $0.created })
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 2)
            let after = changes(
                [("ExternalClientApplication", ["Orders"]), ("ExtlClntAppOauthSettings", ["Orders_oauth"])],
                "destructiveChangesPost.xml"
            )
            result = try await place.deploy(PackageMother.package() + [after])
            #expect(result.record.status == .succeeded, "\(result.failures)")
            #expect(result.successes.count { $0.deleted } == 2)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
            #expect(try await place.audit.contains("deleted Orders"))
            // What is not there is a warning.
            result = try await place.deploy([empty, after])
            #expect(
                result.failures.map(\.problem) == [
                    "No ExternalClientApplication named: Orders found",
                    "No ExtlClntAppOauthSettings named: Orders_oauth found",
                ]
            )
            #expect(result.failures.allSatisfy { $0.problemType == .warning })
            result = try await place.deploy([empty, after]) { $0.ignoreWarnings = true }
            #expect(result.record.status == .succeeded)
        }
    }

    @Test(
        "app-model 10: a new connected app is refused in the original's words, unless the org allows it",
        arguments: TestDatabase.available
    )
    func connectedApps(driver: TestDatabase) async throws {
        let files = [PackageMother.manifest([("ConnectedApp", ["*"])]), PackageMother.connectedApp()]
        try await MetadataPlace.run(on: driver) { place in
            let refused = try await place.deploy(files)
            #expect(
                refused.failures.first?.problem?.contains(
                    "You can't create a connected app. To enable connected app creation, contact Salesforce Customer Support."
                ) == true
            )
        }
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            #expect(try await place.deploy(files).record.status == .succeeded)
            let document = try #require(
                try await place.files([("ConnectedApp", ["Legacy"])])["connectedApps/Legacy.connectedApp"]
            )
            #expect(document.contains("<consumerKey>3MVG9") && !document.contains("consumerSecret"))
        }
    }

    @Test(
        "app-model 7.2: shouldRotateConsumerSecret needs ignoreWarnings, replaces at once, and is said",
        arguments: TestDatabase.available
    )
    func rotation(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let rotating = PackageMother.package(global: [("shouldRotateConsumerKey", "true")])
            let path = "extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth"
            let key = { try await place.files([("ExtlClntAppGlobalOauthSettings", ["*"])])[path] }
            let before = try await key()
            let refused = try await place.deploy(rotating)
            #expect(
                refused.failures.first { $0.componentType == "ExtlClntAppGlobalOauthSettings" }?.problemType == .warning
            )
            #expect(try await key() == before)
            let done = try await place.deploy(rotating) { $0.ignoreWarnings = true }
            #expect(done.record.status == .succeeded)
            let message = try #require(done.successes.first { $0.componentType == "ExtlClntAppGlobalOauthSettings" })
            #expect(message.changed && message.problemType == .warning)
            #expect(try await key() != before)
            #expect(try await place.audit.contains("credentialsRotated Orders"))
        }
    }

    @Test(
        "app-model 1.3: an element is valid from the version that brought it",
        arguments: TestDatabase.available
    )
    func versions(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let files = PackageMother.app(global: [("isNamedUserJwtEnabled", "true")])
            func package(_ version: String) -> [SourceFile] {
                [PackageMother.manifest(PackageMother.appTypes.map { ($0, ["*"]) }, version: version)] + files
            }
            let early = try await place.deploy(package("60.0"))
            #expect(
                early.failures.contains {
                    $0.problem?.contains(
                        "Element 'isNamedUserJwtEnabled' is not valid in type 'ExtlClntAppGlobalOauthSettings' in version 60.0"
                    ) == true
                }
            )
            #expect(try await place.deploy(package("61.0")).record.status == .succeeded)
            let path = "extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth"
            let wanted = [("ExtlClntAppGlobalOauthSettings", ["*"])]
            #expect(try await place.files(wanted, version: 61)[path]?.contains("isNamedUserJwtEnabled") == true)
            #expect(try await place.files(wanted, version: 60)[path]?.contains("isNamedUserJwtEnabled") == false)
            #expect(try await place.fault(.describeMetadata, version: 58)?.code == .unsupportedAPIVersion)
            #expect(try await place.fault(.describeMetadata, version: 69)?.code == .unsupportedAPIVersion)
        }
    }

    @Test(
        "app-model 1.10: a custom scope has a label of its own among those that are there and those of the same deployment",
        arguments: TestDatabase.available
    )
    func labelsOfScopes(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            func scope(_ name: String, label: String) -> SourceFile {
                PackageMother.document(
                    "oauthcustomscopes/\(name).oauthcustomscope",
                    "OauthCustomScope",
                    [
                        ("description", "Scope \(name)"), ("developerName", name), ("isProtected", "false"),
                        ("masterLabel", label),
                    ]
                )
            }
            let manifest = PackageMother.manifest([("OauthCustomScope", ["*"])])
            func deploy(_ scopes: [(String, String)]) async throws -> [String] {
                try await place.deploy([manifest] + scopes.map { scope($0.0, label: $0.1) }).failures.map(\.fullName)
            }
            // What one has no longer, another may have.
            let steps: [(scopes: [(String, String)], refused: [String])] = [
                ([("a", "One"), ("b", "Two"), ("c", "One")], ["c"]), ([("a", "One"), ("b", "Two")], []),
                ([("a", "Three"), ("c", "One"), ("d", "Two")], ["d"]),
                ([("a", "Three"), ("c", "One"), ("d", "Four")], []),
            ]
            for step in steps {
                let refused = try await deploy(step.scopes)
                #expect(refused == step.refused)
            }
        }
    }
}
