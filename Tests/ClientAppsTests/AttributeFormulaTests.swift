import OAuthTypes
import Orgs
import Testing

@testable import ClientApps

@Suite("Formulas of custom attributes")
struct AttributeFormulaTests {
    private static func value(_ formula: String) throws -> String? {
        var randomness = SystemRandomNumberGenerator()
        let now = Timestamp(seconds: 1_795_566_722)
        let org = Org(
            id: try #require(OrgID("00D000000000001")),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: now
        )
        let profile = Profile(
            id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
            org: org.id,
            name: "Clerks",
            permissions: []
        )
        let user = User(
            id: try #require(UserID("005000000000001")),
            org: org.id,
            username: "ann@acme.example",
            email: "ann@mail.example",
            firstName: "Ann",
            lastName: "Lee",
            nickname: "annie",
            profile: profile.id,
            createdAt: now,
            updatedAt: now
        )
        return AttributeFormula(formula)?.value(for: user, profile: profile, org: org)
    }

    @Test(
        "app-model 1.4: a formula is fields and texts in quotes, joined; a dollar and upper and lower case make no difference",
        arguments: [
            ("User.Email", "ann@mail.example"), ("$User.Email", "ann@mail.example"),
            (" user.email ", "ann@mail.example"),
            ("User.FirstName & ' ' & User.LastName", "Ann Lee"), ("User.FirstName+\" & \"+User.LastName", "Ann & Lee"),
            ("$Organization.Id", "00D000000000001EAA"), ("User.Id", "005000000000001AAA"),
            ("Organization.Name & '/' & Profile.Name", "Acme/Clerks"), ("'fixed'", "fixed"), ("''", ""),
            ("User.IsActive", "true"), ("User.CommunityNickname", "annie"), ("User.TimeZoneSidKey", "Etc/UTC"),
        ]
    )
    func told(formula: String, expected: String) throws {
        #expect(try Self.value(formula) == expected)
    }

    @Test(
        "app-model 12: a formula that asks for more than there is is none, rather than half of one",
        arguments: [
            "", " ", "User.Country", "Organization.Country", "User", "$", "$$User.Email", "User.Email &",
            "& User.Email",
            "User.Email User.Name", "User.Email - User.Name", "IF(User.IsActive, 'a', 'b')", "'open", "'a\\'b'",
            "User..Email",
            "User.Email;", "Contact.Email",
        ]
    )
    func untold(formula: String) throws {
        #expect(try Self.value(formula) == nil)
    }
}
