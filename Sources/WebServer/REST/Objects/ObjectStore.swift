import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The records that a caller may see. Who lacks the permission for those of others sees what is about themselves, as if there were no more:
/// so sharing works in the original.
struct ObjectStore: Sendable {
    let database: any Database
    let org: Org
    let caller: AccountRecord

    /// The most records of one answer; there are no further pages.
    static let largestAnswer = 2_000
    /// The most records that are gone through for one answer.
    static let largestScan = 50_000

    /// The records that a query asks for.
    ///
    /// - Throws: `MissingPermission`, or `QUERY_TOO_COMPLICATED` where there are too many.
    func records(_ query: ObjectQuery) async throws -> [ObjectRecord] {
        let all = try await candidates(query.type, id: query.text(of: "Id"), username: query.text(of: "Username"))
        guard all.count <= Self.largestScan else {
            throw Self.tooMany("there are more than \(Self.largestScan) records to look through")
        }
        let found = all.filter(query.matches)
        let wanted = Array(found.prefix(query.limit ?? .max))
        guard query.fields.isEmpty || wanted.count <= Self.largestAnswer else {
            throw Self.tooMany("the answer would have more than \(Self.largestAnswer) records")
        }
        return wanted
    }

    /// The record of a type with an id; `nil` where there is none that the caller may see.
    func record(_ type: ObjectType, id: String) async throws -> ObjectRecord? {
        guard [15, 18].contains(id.utf8.count) else { return nil }
        let found = try await candidates(type, id: id, username: nil)
        return found.first { $0.values["Id"]?.matches(.text(id), as: .id) == true }
    }

    private static func tooMany(_ problem: String) -> RESTRefusal {
        RESTRefusal("QUERY_TOO_COMPLICATED", "\(problem); narrow it down with WHERE Id = '…', or with LIMIT.")
    }

    /// Records among which are all that have an id or a username, where one is given, and one more than may be gone through at most.
    private func candidates(_ type: ObjectType, id: String?, username: String?) async throws -> [ObjectRecord] {
        switch type {
        case .organization: return [ObjectRecord(org)]
        case .userLicense:
            return [
                ObjectRecord(type: type, values: ["Id": .text(UserLicense.id), "Name": .text(UserLicense.name)])
            ]
        case .user: return try await users(id: id, username: username).map { ObjectRecord($0) }
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
        case .oauthToken: return try await tokens()
        }
    }

    private func mayAct(_ action: Action) -> Bool {
        do {
            try action.require(caller.permissions)
            return true
        } catch { return false }
    }

    private func users(id: String?, username: String?) async throws -> [AccountRecord] {
        guard mayAct(.viewSettings) || mayAct(.manageUsers) else { return [caller] }
        let (org, limit) = (org.id, Self.largestScan + 1)
        return try await database.read { connection in
            if let id {
                return try UserID(id).flatMap { try Users.account($0, on: connection) }
                    .map { $0.user.org == org ? [$0] : [] } ?? []
            }
            if let username {
                return try Users.account(username: username, org: org, on: connection).map { [$0] } ?? []
            }
            return try Users.all(org: org, limit: limit, on: connection)
        }
    }

    private func tokens() async throws -> [ObjectRecord] {
        let (org, limit) = (org.id, Self.largestScan + 1)
        let user = mayAct(.viewConnectedAppUsage) ? nil : caller.user.id
        return try await database.read { connection in
            let apps = try AppRecords.all(org: org, on: connection)
            let byID = Dictionary(apps.map { ($0.id, $0) }) { first, _ in first }
            return try Authorizations.withRefreshToken(org: org, user: user, limit: limit, on: connection).map {
                ObjectRecord(token: $0, of: byID[$0.app])
            }
        }
    }
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

    fileprivate init(_ account: AccountRecord) {
        let user = account.user
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
