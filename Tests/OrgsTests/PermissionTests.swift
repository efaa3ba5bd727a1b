import OAuthTypes
import Orgs
import Testing

struct PermissionTests {
    static let org = OrgID(stored: "00D000000000001AAA")

    @Test("app-model 4.1: Developer brings Admin, and Admin brings Viewer")
    func closure() {
        let developer = Permission.closure(of: [.externalClientAppDeveloper])
        #expect(developer == [.externalClientAppDeveloper, .externalClientAppAdmin, .externalClientAppViewer])
        #expect(
            Permission.closure(of: [.externalClientAppAdmin]) == [.externalClientAppAdmin, .externalClientAppViewer]
        )
        #expect(Permission.closure(of: [.externalClientAppViewer]) == [.externalClientAppViewer])
        #expect(Permission.closure(of: [Permission]()) == [])
    }

    @Test("app-model 4.1: Download AppExchange Packages brings the five that it depends on")
    func packaging() {
        #expect(
            Permission.closure(of: [.installPackaging]) == [
                .installPackaging, .editHTMLTemplates, .modifyAllData, .customizeApplication, .manageUsers,
                .editBrandTemplates,
            ]
        )
    }

    @Test(
        "app-model 4.1: the names in metadata are the documented ones",
        arguments: [
            ("ExternalClientAppDeveloper", Permission.externalClientAppDeveloper), ("ApiEnabled", .apiEnabled),
            ("ApiUserOnly", .apiUserOnly), ("ManageRemoteAccess", .manageRemoteAccess),
            ("ManageProfilesPermissionsets", .manageProfilesPermissionSets), ("UseAnyApiClient", .useAnyAPIClient),
        ]
    )
    func names(name: String, permission: Permission) {
        #expect(Permission(rawValue: name) == permission)
    }

    @Test("issue 2.2: the three standard ones exist, the administrator may do all but is not API Only")
    func standardProfiles() {
        var randomness = SystemRandomNumberGenerator()
        let profiles = Profile.standardProfiles(
            org: Self.org,
            now: Timestamp(seconds: 1_700_000_000),
            using: &randomness
        )
        #expect(profiles.map(\.name) == ["System Administrator", "Standard User", "Minimum Access"])
        #expect(Set(profiles.map(\.id)).count == 3)
        #expect(profiles.allSatisfy { $0.id.rawValue.hasPrefix("00e") && $0.org == Self.org })
        #expect(profiles[0].permissions.contains(.externalClientAppDeveloper))
        #expect(!profiles[0].permissions.contains(.apiUserOnly))
        #expect(profiles[1].permissions == [.apiEnabled])
        #expect(profiles[2].permissions.isEmpty)
    }

    @Test("app-model 4.1: API Only comes from the own mark, the profile or a permission set; usernames ignore case")
    func users() {
        let now = Timestamp(seconds: 1_700_000_000)
        let profile = Profile(
            id: ProfileID(stored: "00e000000000001AAA"),
            org: Self.org,
            name: "P",
            permissions: [.apiEnabled]
        )
        let set = PermissionSet(
            id: PermissionSetID(stored: "0PS000000000001AAA"),
            org: Self.org,
            name: "Robot",
            label: "Robot",
            permissions: [.apiUserOnly]
        )
        func user(isAPIOnly: Bool) -> User {
            User(
                id: UserID(stored: "005000000000001AAA"),
                org: Self.org,
                username: "Robot@Example.com",
                email: "r@example.com",
                lastName: "Robot",
                nickname: "robot",
                profile: profile.id,
                isAPIOnly: isAPIOnly,
                createdAt: now,
                updatedAt: now
            )
        }
        #expect(user(isAPIOnly: true).isAPIOnly(granted: []))
        #expect(user(isAPIOnly: false).isAPIOnly(granted: Permission.granted(by: profile, [set])))
        #expect(!user(isAPIOnly: false).isAPIOnly(granted: Permission.granted(by: profile, [])))
        #expect(User.comparable(username: "Robot@Example.com") == "robot@example.com")
        #expect(user(isAPIOnly: false).displayName == "Robot")
    }

    @Test("tokens 1: the tenant key is core/<instance>/<18-character id>")
    func tenantKey() {
        let org = Org(
            id: Self.org,
            name: "Example",
            edition: .developer,
            issuer: "https://example.test",
            createdAt: Timestamp(seconds: 0)
        )
        #expect(org.tenantKey == "core/prod/00D000000000001AAA")
        #expect(org.sessionTimeoutMinutes == 120)
        #expect(org.jwtBearerAudiences == ["https://login.salesforce.com", "https://test.salesforce.com"])
    }
}
