import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Administrators of an org")
struct OrgAdministratorTests {
    @Test(
        "app-model 4.2: what is held in an org is held by somebody who can sign in, also beyond the first hundred users",
        arguments: TestDatabase.available
    )
    func held(on kind: TestDatabase) async throws {
        try await kind.withHousehold { household, database in
            let now = Household.now
            let admins = Profile(
                id: ProfileID(stored: "00e000000000002AAA"),
                org: household.org.id,
                name: "Admins",
                permissions: [.manageUsers, .customizeApplication]
            )
            let machines = Profile(
                id: ProfileID(stored: "00e000000000003AAA"),
                org: household.org.id,
                name: "Machines",
                permissions: [.manageUsers, .manageRemoteAccess, .apiUserOnly]
            )
            @Sendable func user(_ number: Int, _ profile: Profile, isAPIOnly: Bool = false) -> User {
                User(
                    id: UserID(stored: "005000000001\(100 + number)AAA"),
                    org: household.org.id,
                    username: "u\(100 + number)@example.com",
                    email: "u@example.com",
                    lastName: "U",
                    nickname: "u",
                    profile: profile.id,
                    isAPIOnly: isAPIOnly,
                    createdAt: now,
                    updatedAt: now
                )
            }
            let last = user(150, admins)
            try await database.write { connection in
                for profile in [admins, machines] {
                    try Profiles.insert(profile, by: .server, now: now, on: connection)
                }
                for number in 0..<120 {
                    let other = user(number, household.profile)
                    try Users.insert(other, passwordHash: nil, by: .server, on: connection)
                }
                for other in [user(140, machines), user(141, admins, isAPIOnly: true), last] {
                    try Users.insert(other, passwordHash: nil, by: .server, on: connection)
                }
            }
            func held() async throws -> Set<Permission> {
                try await database.read { connection in
                    try OrgAdministrators.held(
                        [.manageUsers, .manageRemoteAccess, .externalClientAppAdmin],
                        org: household.org.id,
                        on: connection
                    )
                }
            }
            // The developer of the household has externalClientAppAdmin by what its permission set implies.
            #expect(try await held() == [.manageUsers, .externalClientAppAdmin])
            let account = try await database.read { try Users.account(last.id, on: $0) }
            #expect(account?.administration == [.manageUsers, .customizeApplication])
            try await database.write { try Users.setFrozen(last.id, true, by: .server, now: now, on: $0) }
            #expect(try await held() == [.externalClientAppAdmin])
            let frozen = try await database.read { try Users.account(last.id, on: $0) }
            #expect(frozen?.administration == [])
        }
    }
}
