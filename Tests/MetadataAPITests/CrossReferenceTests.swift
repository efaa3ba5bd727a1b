import ClientApps
import MetadataAPI
import Storage
import TestSupport
import Testing

@Suite("What documents refer to, and what they may not share")
struct CrossReferenceTests {
    private static func scope(_ assigned: [String]) -> SourceFile {
        PackageMother.document(
            "oauthcustomscopes/orders_read.oauthcustomscope",
            "OauthCustomScope",
            assigned.map { ("assignedTo", $0) } + [
                ("description", "Read orders"), ("developerName", "orders_read"), ("isProtected", "false"),
                ("masterLabel", "Orders"),
            ]
        )
    }

    @Test(
        "app-model 1.10: a custom scope is assigned to connected apps that are there",
        arguments: TestDatabase.available
    )
    func assignments(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            try await place.deploy(PackageMother.package())
            let apps = PackageMother.manifest([("ConnectedApp", ["*"])])
            try await place.deploy([apps, PackageMother.connectedApp()])
            let manifest = PackageMother.manifest([("OauthCustomScope", ["*"])])
            for (assigned, text) in [(["Nothing"], "No connected app"), (["Legacy", "Orders"], "is no connected app")] {
                let refused = try await place.deploy([manifest, Self.scope(assigned)])
                let problem = try #require(refused.failures.first?.problem)
                #expect(problem.hasPrefix("INVALID_CROSS_REFERENCE_KEY:") && problem.contains(text), "\(problem)")
            }
            for assigned in [["legacy"], []] {
                let deployed = try await place.deploy([manifest, Self.scope(assigned)])
                #expect(deployed.record.status == .succeeded, "\(deployed.failures)")
            }
            // Both in one package, and again when the app is gone.
            let both = PackageMother.manifest([("ConnectedApp", ["*"]), ("OauthCustomScope", ["*"])])
            let files = [Self.scope(["Younger"]), PackageMother.connectedApp("Younger")]
            let deployed = try await place.deploy([both] + files)
            #expect(deployed.record.status == .succeeded, "\(deployed.failures)")
            _ = try await place.perform(.delete(type: "ConnectedApp", names: ["Younger"], allOrNone: false))
            let again = try await place.deploy([manifest, Self.scope(["Younger"])])
            #expect(again.record.status == .succeeded, "\(again.failures)")
        }
    }

    @Test(
        "app-model 2: the consumer secret of a connected app is unique in its org",
        arguments: TestDatabase.available
    )
    func secrets(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let secret = "0123456789ABCDEF0123456789ABCDEF"
            func app(_ name: String, _ key: String) -> SourceFile {
                PackageMother.document(
                    "connectedApps/\(name).connectedApp",
                    "ConnectedApp",
                    [
                        ("contactEmail", "dev@acme.example"), ("label", name),
                        (
                            "oauthConfig",
                            "<callbackUrl>https://a.example/cb</callbackUrl><consumerKey>\(key)</consumerKey><consumerSecret>\(secret)</consumerSecret><scopes>Api</scopes>"
                        ),
                    ]
                )
            }
            let manifest = PackageMother.manifest([("ConnectedApp", ["*"])])
            let first = try await place.deploy([manifest, app("First", "3MVG9first.key")])
            #expect(first.record.status == .succeeded, "\(first.failures)")
            let again = try await place.deploy([manifest, app("First", "3MVG9first.key")])
            #expect(again.record.status == .succeeded, "\(again.failures)")
            let second = try await place.deploy([manifest, app("Second", "3MVG9second.key")])
            let problem = try #require(second.failures.first?.problem)
            #expect(problem.hasPrefix("DUPLICATE_VALUE:") && problem.contains("consumer secret"), "\(problem)")
            #expect(!problem.contains(secret))
        }
    }
}
