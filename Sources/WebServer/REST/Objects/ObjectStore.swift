import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The records that a caller may see. Who lacks the permission for users, profiles and tokens of others sees what is about themselves, as if
/// there were no more: so sharing works in the original. Connected apps are about nobody; who may not develop them is refused.
struct ObjectStore: Sendable {
    let database: any Database
    let org: Org
    let caller: AccountRecord

    /// The most records of one answer; there are no further pages.
    static let largestAnswer = 2_000
    /// The most records that are gone through for one answer.
    static let largestScan = 50_000

    /// What a query finds: how many records there are of it, and those, if more than the count is asked for.
    struct Answer: Sendable {
        let size: Int
        let records: [ObjectRecord]
    }

    /// The answer of a query.
    ///
    /// - Throws: `MissingPermission`, or `QUERY_TOO_COMPLICATED` where there are too many.
    func answer(_ query: ObjectQuery) async throws -> Answer {
        if query.isPlainCount, let count = try await count(query.type) {
            return Answer(size: min(count, query.limit ?? .max), records: [])
        }
        let all = try await candidates(
            query.type,
            id: query.text(of: "Id"),
            username: query.text(of: "Username"),
            limit: Self.reach(of: query)
        )
        guard all.count <= Self.largestScan else {
            throw Self.tooMany(
                "there are more than \(Self.largestScan) records to look through",
                "ask for a User by Id or Username, or leave the conditions out and set a LIMIT"
            )
        }
        let wanted = all.filter(query.matches).prefix(query.limit ?? .max)
        guard !query.fields.isEmpty else { return Answer(size: wanted.count, records: []) }
        guard wanted.count <= Self.largestAnswer else {
            throw Self.tooMany(
                "the answer would have more than \(Self.largestAnswer) records",
                "narrow it down with WHERE Id = '…', or with LIMIT"
            )
        }
        return Answer(size: wanted.count, records: Array(wanted))
    }

    /// How many records the caller may see of a type that there may be many of; `nil` for the others, which are read to be counted.
    private func count(_ type: ObjectType) async throws -> Int? {
        let org = org.id
        switch type {
        case .user where seesAllUsers: return try await database.read { try Users.count(org: org, on: $0) }
        case .oauthToken:
            let user = userOfTokens
            return try await database.read {
                try Authorizations.countWithRefreshToken(org: org, user: user, on: $0)
            }
        default: return nil
        }
    }

    /// How many records are read for an answer: one more than it may have, where all that are read are in it.
    private static func reach(of query: ObjectQuery) -> Int {
        guard query.conditions.isEmpty else { return largestScan + 1 }
        return min(query.limit ?? .max, (query.fields.isEmpty ? largestScan : largestAnswer) + 1)
    }

    /// The record of a type with an id; `nil` where there is none that the caller may see.
    func record(_ type: ObjectType, id: String) async throws -> ObjectRecord? {
        guard [15, 18].contains(id.utf8.count) else { return nil }
        let found = try await candidates(type, id: id, username: nil, limit: Self.largestScan + 1)
        return found.first { $0.values["Id"]?.matches(.text(id), as: .id) == true }
    }

    private static func tooMany(_ problem: String, _ remedy: String) -> RESTRefusal {
        RESTRefusal(.queryTooComplicated, "\(problem); \(remedy).")
    }

    /// Records among which are all that have an id or a username, where one is given; of users and tokens up to a number of them.
    private func candidates(
        _ type: ObjectType,
        id: String?,
        username: String?,
        limit: Int
    ) async throws -> [ObjectRecord] {
        switch type {
        case .organization: return [ObjectRecord(org)]
        case .userLicense:
            return [
                ObjectRecord(type: type, values: ["Id": .text(UserLicense.id), "Name": .text(UserLicense.name)])
            ]
        case .user: return try await users(id: id, username: username, limit: limit).map { ObjectRecord($0) }
        case .profile:
            let seesAll = mayAct(.viewSettings)
            let (org, own) = (org.id, caller.profile.id)
            return try await database.read { try Profiles.all(org: org, on: $0) }
                .filter { seesAll || $0.id == own }.map { ObjectRecord($0) }
        case .connectedApplication:
            try Action.developConnectedApp.require(caller.permissions)
            let org = org.id
            return try await database.read { try AppRecords.all(org: org, on: $0) }
                .filter { $0.kind == .connectedApp && $0.isInstalled }.map { ObjectRecord(app: $0) }
        case .oauthToken: return try await tokens(limit: limit)
        }
    }

    private func mayAct(_ action: Action) -> Bool {
        do {
            try action.require(caller.permissions)
            return true
        } catch { return false }
    }

    private var seesAllUsers: Bool { mayAct(.viewSettings) || mayAct(.manageUsers) }

    private func users(id: String?, username: String?, limit: Int) async throws -> [ListedUser] {
        guard seesAllUsers else { return [ListedUser(caller.user)] }
        let org = org.id
        return try await database.read { connection in
            if let id {
                return try UserID(id).flatMap { try Users.account($0, on: connection) }
                    .map { $0.user.org == org ? [ListedUser($0.user)] : [] } ?? []
            }
            if let username {
                return try Users.account(username: username, org: org, on: connection).map { [ListedUser($0.user)] }
                    ?? []
            }
            return try Users.listed(org: org, limit: limit, on: connection)
        }
    }

    private func tokens(limit: Int) async throws -> [ObjectRecord] {
        let org = org.id
        let user = userOfTokens
        return try await database.read { connection in
            let tokens = try Authorizations.withRefreshToken(org: org, user: user, limit: limit, on: connection)
            // Reading an app is the larger part of the work, so each that is needed is read once.
            let apps = try AppRecords.all(Set(tokens.map(\.app)), on: connection)
            return tokens.map { ObjectRecord(token: $0, of: apps[$0.app]) }
        }
    }

    /// Whose tokens the caller may see; `nil` for everybody's.
    private var userOfTokens: UserID? { mayAct(.viewConnectedAppUsage) ? nil : caller.user.id }
}

extension ObjectRecord {
    /// The record by which clients tell production orgs from sandboxes.
    init(_ org: Org) {
        self.init(
            type: .organization,
            values: [
                "Id": .text(org.id.rawValue), "Name": .text(org.name),
                "OrganizationType": .text("\(org.edition.rawValue) Edition"),
                "InstanceName": .text(org.instance.uppercased()), "IsSandbox": .flag(false),
                "CreatedDate": .text(org.createdAt.restText),
            ]
        )
    }

    fileprivate init(_ user: ListedUser) {
        self.init(
            type: .user,
            values: [
                "Id": .text(user.id.rawValue), "Username": .text(user.username), "LastName": .text(user.lastName),
                "FirstName": ObjectValue(user.firstName), "Name": .text(user.displayName), "Email": .text(user.email),
                "CommunityNickname": .text(user.nickname), "IsActive": .flag(user.isActive),
                "TimeZoneSidKey": .text(user.timeZone), "LocaleSidKey": .text(user.locale),
                "LanguageLocaleKey": .text(user.language), "ProfileId": .text(user.profile.rawValue),
                "UserType": .text("Standard"), "CreatedDate": .text(user.createdAt.restText),
                "LastModifiedDate": .text(user.updatedAt.restText),
            ]
        )
    }

    fileprivate init(_ profile: Profile) {
        self.init(type: .profile, values: ["Id": .text(profile.id.rawValue), "Name": .text(profile.name)])
    }

    fileprivate init(app: AppRecords.Stored) {
        let document = app.components.connectedApp
        self.init(
            type: .connectedApplication,
            values: [
                "Id": .text(app.id.rawValue), "Name": .text(app.label),
                "StartUrl": ObjectValue(document?.startURL),
                "OptionsAllowAdminApprovedUsersOnly": .flag(document?.oauthConfig?.isAdminApproved == true),
                "OptionsAppIssueJwtTokenEnabled": .flag(document?.oauthConfig?.isNamedUserJWTEnabled == true),
                "CreatedDate": .text(app.createdAt.restText), "LastModifiedDate": .text(app.updatedAt.restText),
            ]
        )
    }

    /// What a user has of an app; an app that is not installed has no item in the menu (facts: app-model 6.3).
    fileprivate init(token: AuthorizationRecord, of app: AppRecords.Stored?) {
        self.init(
            type: .oauthToken,
            values: [
                "Id": .text(token.id.rawValue), "UserId": .text(token.user.rawValue),
                "AppName": ObjectValue(app?.label),
                "AppMenuItemId": ObjectValue(app.flatMap { $0.isInstalled ? $0.id.rawValue : nil }),
                "UseCount": .number(token.useCount), "LastUsedDate": .text(token.lastUsedAt.restText),
                "CreatedDate": .text(token.createdAt.restText),
            ]
        )
    }
}

extension AppRecords.Stored {
    /// The name people see.
    fileprivate var label: String {
        components.header?.label ?? components.connectedApp?.label ?? components.developerName
    }
}
