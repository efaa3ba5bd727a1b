import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Deletions and what a manifest names")
struct DeletionTests {
    @Test(
        "app-model 11.4: a part is told deleted when it is gone, not when its app is named beside it",
        arguments: TestDatabase.available
    )
    func partOfApp(driver: TestDatabase) async throws {
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
            let policies = ("ExtlClntAppOauthConfigurablePolicies", ["Orders_oauth_defaultPolicy"])
            let changes = PackageMother.manifest(
                [policies, ("ExternalClientApplication", ["Orders"])],
                path: "destructiveChanges.xml"
            )
            // The app stays, since an admin may not delete it.
            let result = try await place.deploy([PackageMother.manifest([]), changes]) { $0.rollbackOnError = false }
            #expect(!result.messages.contains { $0.deleted }, "\(result.messages)")
            #expect(result.failures.count == 2)
            #expect(try await place.files([policies]).count == 2)
        }
    }

    @Test(
        "app-model 11.6: each component that a manifest names and that is not there is told, and a file that cannot be read once",
        arguments: TestDatabase.available
    )
    func missing(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let two = PackageMother.manifest([("ExternalClientApplication", ["Other"]), ("ConnectedApp", ["Other"])])
            var result = try await place.deploy([two])
            #expect(result.failures.map(\.componentType) == ["ExternalClientApplication", "ConnectedApp"])
            #expect(result.record.counts.errors == 2)
            let broken = SourceFile(path: "externalClientApps/Other.eca", bytes: Array("<".utf8))
            result = try await place.deploy([two, broken])
            #expect(result.failures.map(\.fullName) == ["Other", "Other"])
            #expect(result.failures.map(\.componentType) == ["ExternalClientApplication", "ConnectedApp"])
        }
    }
}
