import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("The last administrator")
struct LastAdministratorTests {
    private func profile(_ permission: String, _ isEnabled: Bool) -> [SourceFile] {
        [
            PackageMother.manifest([("Profile", ["*"])]),
            PackageMother.document(
                "profiles/\(Profile.standardUser).profile",
                "Profile",
                [("userPermissions", "<enabled>\(isEnabled)</enabled><name>\(permission)</name>")]
            ),
        ]
    }

    @Test(
        "app-model 4.2: a deployment takes Manage Users from nobody who is the last to have it, and says what to do",
        arguments: TestDatabase.available
    )
    func last(driver: TestDatabase) async throws {
        let rights = MetadataPlace.allRights.union([.manageUsers])
        try await MetadataPlace.run(on: driver, rights: rights) { place in
            for document in [profile("ManageUsers", false), profile("ApiUserOnly", true)] {
                let refused = try await place.deploy(document)
                let problem = refused.failures.first?.problem ?? ""
                #expect(
                    problem
                        == "FIELD_INTEGRITY_EXCEPTION: userPermissions: Nobody who can sign in to the org would have Manage Users (ManageUsers) any more. Give it to another user first, or ask the operator of the server to take it away."
                )
                #expect(try await place.caller().account.permissions.contains(.manageUsers))
            }
            // Another permission of the same profile is theirs to take away.
            #expect(try await place.deploy(profile("ManageRemoteAccess", false)).isSuccess)
            let org = place.org.id
            try await place.database.write { connection in
                let other = Profile(
                    id: ProfileID(stored: "00e000000000009AAA"),
                    org: org,
                    name: "Others",
                    permissions: [.manageUsers]
                )
                try Profiles.insert(other, by: .server, now: MetadataPlace.now, on: connection)
                let user = User(
                    id: UserID(stored: "005000000000009AAA"),
                    org: org,
                    username: "other@acme.example",
                    email: "other@acme.example",
                    lastName: "Other",
                    nickname: "other",
                    profile: other.id,
                    createdAt: MetadataPlace.now,
                    updatedAt: MetadataPlace.now
                )
                try Users.insert(user, passwordHash: nil, by: .server, on: connection)
            }
            #expect(try await place.deploy(profile("ManageUsers", false)).isSuccess)
        }
    }
}
