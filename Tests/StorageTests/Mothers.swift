import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport

/// One org with a profile, a permission set, a user and an app, which most tables refer to.
struct Household: Sendable {
    static let now = Timestamp(seconds: 1_700_000_000)

    let org: Org
    let profile: Profile
    let permissionSet: PermissionSet
    let user: User
    let app: AppID
    let consumer: Consumer

    init() {
        let orgID = OrgID(stored: "00D000000000001AAA")
        org = Org(id: orgID, name: "Acme", edition: .developer, issuer: "https://acme.example.com", createdAt: Self.now)
        profile = Profile(
            id: ProfileID(stored: "00e000000000001AAA"),
            org: orgID,
            name: "Standard User",
            permissions: [.externalClientAppViewer, .viewClientSecret]
        )
        permissionSet = PermissionSet(
            id: PermissionSetID(stored: "0PS000000000001AAA"),
            org: orgID,
            name: "Deployers",
            label: "Deployers",
            permissions: [.externalClientAppDeveloper]
        )
        user = User(
            id: UserID(stored: "005000000000001AAA"),
            org: orgID,
            username: "Ada@Example.com",
            email: "ada@example.com",
            lastName: "Lovelace",
            nickname: "ada",
            profile: profile.id,
            permissionSets: [permissionSet.id],
            createdAt: Self.now,
            updatedAt: Self.now
        )
        app = AppID(stored: "0xI000000000001AAA")
        consumer = Consumer(
            id: ConsumerID(stored: "888000000000001AAA"),
            key: "3MVG9orders",
            secretDigest: [1, 2],
            sealedSecret: [3],
            state: .active
        )
    }

    static var components: AppComponents {
        var header = ExternalClientApplication()
        header.label = "Orders"
        return AppComponents(developerName: "Orders", header: header)
    }

    /// - Parameter hasConsumer: whether the app has its consumer; a schema of before has another form of it.
    func save(hasConsumer: Bool = true, on connection: any Connection) throws {
        try OrgRecords.insert(org, by: .server, on: connection)
        try Profiles.insert(profile, by: .server, now: Self.now, on: connection)
        try PermissionSets.insert(permissionSet, by: .server, now: Self.now, on: connection)
        try Users.insert(user, passwordHash: "hash", by: .server, on: connection)
        try AppRecords.insert(
            Self.components,
            id: app,
            org: org.id,
            consumer: hasConsumer ? consumer : nil,
            by: .server,
            now: Self.now,
            on: connection
        )
    }

    /// The receipt of an entry about the app, which changes of its pairs ask for.
    func receipt(on connection: any Connection) throws -> AuditTrail.Receipt {
        try AuditTrail.record(
            AuditEvent(
                org: org.id,
                at: Self.now,
                actor: .server,
                action: .updated,
                subjectKind: "ExternalClientApplication",
                subjectName: "Orders"
            ),
            on: connection
        )
    }

    func authorization(_ number: Int = 1) -> AuthorizationRecord {
        AuthorizationRecord(
            id: AuthorizationID(stored: "0Au00000000000\(number)AAA"),
            org: org.id,
            app: app,
            user: user.id,
            scopes: ScopeSet([.api, .refreshToken]),
            createdAt: Self.now + .seconds(Int64(number)),
            authenticatedAt: Self.now
        )
    }

    func code(_ digest: [UInt8]) -> AuthorizationCodeRecord {
        AuthorizationCodeRecord(
            digest: digest,
            org: org.id,
            app: app,
            user: user.id,
            redirectURI: "https://app.example.com/back",
            scopes: ScopeSet([.api]),
            codeChallenge: nil,
            nonce: "",
            authenticatedAt: Self.now,
            createdAt: Self.now,
            expiresAt: Self.now + .minutes(15)
        )
    }
}

extension TestDatabase {
    /// Lends a database that holds a household.
    func withHousehold(_ body: (Household, any Database) async throws -> Void) async throws {
        try await withDatabase { database in
            let household = Household()
            try await database.write { try household.save(on: $0) }
            try await body(household, database)
        }
    }
}
