public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// Makes and changes users of an org, for whoever asks: the command line and the REST resources. Each change is in the audit trail.
public struct UserAdministration: Sendable {
    let org: OrgID
    private let masterKey: MasterKey
    let actor: AuditActor
    private let now: Timestamp
    /// What whoever acts may do themselves; `nil` for the operator of the server.
    private let permissions: Set<Permission>?

    /// Administration by somebody at a time.
    ///
    /// - Parameter permissions: what they may do themselves, which is the most that they may give; `nil` for the operator of the server.
    public init(
        org: OrgID,
        masterKey: MasterKey,
        actor: AuditActor,
        now: Timestamp,
        permissions: Set<Permission>?
    ) {
        (self.org, self.masterKey, self.actor) = (org, masterKey, actor)
        (self.now, self.permissions) = (now, permissions)
    }

    /// A user as somebody asks for one.
    public struct NewUser: Sendable {
        /// The username, in the form of an e-mail address.
        public var username: String
        /// The e-mail address; the username where there is none.
        public var email: String?
        /// The first name.
        public var firstName: String
        /// The last name; the username where there is none.
        public var lastName: String?
        /// The profile, by its name.
        public var profile: String
        /// Permission sets, by their API names.
        public var permissionSets: [String]
        /// Whether the user never signs in at a browser.
        public var isAPIOnly: Bool

        /// A user with what everybody has.
        public init(
            username: String,
            email: String? = nil,
            firstName: String = "",
            lastName: String? = nil,
            profile: String,
            permissionSets: [String] = [],
            isAPIOnly: Bool = false
        ) {
            (self.username, self.email) = (username, email)
            (self.firstName, self.lastName) = (firstName, lastName)
            (self.profile, self.permissionSets, self.isAPIOnly) = (profile, permissionSets, isAPIOnly)
        }
    }

    /// Makes a user.
    ///
    /// - Parameter hash: of the password; `nil` for a user without one.
    /// - Throws: ``UserRefusal``.
    public func create(_ new: NewUser, hash: PasswordHash?, on connection: any Connection) throws -> User {
        // What is given is measured by what it grants when the wait for other changes of the org has ended.
        try AuditTrail.serialize(org, on: connection)
        let profile = try profile(new.profile, among: try Profiles.all(org: org, on: connection))
        let chosen = try permissionSets(new.permissionSets, among: try PermissionSets.all(org: org, on: connection))
        try requireOwn(Permission.granted(by: profile, chosen))
        guard try !Users.isTaken(username: new.username, on: connection) else { throw UserRefusal.taken(new.username) }
        var randomness = SystemRandomNumberGenerator()
        let user = User(
            id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
            org: org,
            username: new.username,
            email: new.email ?? new.username,
            firstName: new.firstName,
            lastName: new.lastName ?? new.username,
            nickname: String(new.username.prefix { $0 != "@" }),
            profile: profile.id,
            permissionSets: chosen.map(\.id),
            isAPIOnly: new.isAPIOnly,
            createdAt: now,
            updatedAt: now,
            passwordChangedAt: hash == nil ? nil : now
        )
        try Users.insert(user, passwordHash: hash?.encoded, by: actor, on: connection)
        return user
    }

    /// Sets a password; every session and token of the user ends, and a lock after failed sign-ins.
    ///
    /// - Parameter clock: the time, read when all else that uses the user's authorizations has ended.
    /// - Throws: ``UserRefusal``.
    public func setPassword(
        _ id: UserID,
        hash: PasswordHash,
        clock: () -> Timestamp,
        on connection: any Connection
    ) throws {
        let account = try own(id, on: connection)
        try Users.setPassword(id, hash: hash.encoded, by: actor, clock: clock, on: connection)
        let named = SignInAccount(username: account.user.username, org: org, masterKey: masterKey)
        try named.unlock(account.user, by: actor, now: now, on: connection)
    }

    /// Freezes a user, or lets them go on.
    ///
    /// - Throws: ``UserRefusal``.
    public func setFrozen(_ isFrozen: Bool, _ id: UserID, on connection: any Connection) throws {
        _ = try own(id, on: connection)
        guard !isFrozen || actor.user != id else { throw UserRefusal.oneself }
        try Users.setFrozen(id, isFrozen, by: actor, now: now, on: connection)
    }

    /// A user who may do nothing that whoever acts may not. Changes of users are made one after the other, each upon what the one before left.
    ///
    /// - Throws: ``UserRefusal``.
    func own(_ id: UserID, on connection: any Connection) throws -> AccountRecord {
        try AuditTrail.serialize(org, on: connection)
        guard let account = try Users.account(id, on: connection), account.user.org == org else {
            throw UserRefusal.noUser
        }
        try requireOwn(account.permissions)
        return account
    }

    /// Nobody gets by another user what they may not do themselves. That a user is held to APIs is no right.
    func requireOwn(_ needed: Set<Permission>) throws(UserRefusal) {
        guard let permissions else { return }
        let missing = needed.subtracting(permissions).subtracting([.apiUserOnly])
        guard missing.isEmpty else { throw .beyond(missing.map(\.fullLabel).sorted()) }
    }
}

/// Why a user is not made or changed.
public enum UserRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The org has no user of this id.
    case noUser
    /// The org has no profile of this name.
    case noProfile(String, there: [String])
    /// The org has no permission set of this name.
    case noPermissionSet(String, there: [String])
    /// A user of the server has the username.
    case taken(String)
    /// The user has, or would have, permissions that whoever asks lacks.
    case beyond([String])
    /// Somebody would lock themselves out, and nobody else may be there to undo it.
    case oneself
    /// Somebody would free themselves of what they are held to.
    case ownLimits

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .noUser: "the org has no such user; see: signet user list"
        case .noProfile(let name, let there):
            "no profile is named '\(name)'; there are: \(there.joined(separator: ", "))"
        case .noPermissionSet(let name, let there):
            there.isEmpty
                ? "no permission set is named '\(name)', and there is none"
                : "no permission set is named '\(name)'; there are: \(there.joined(separator: ", "))"
        case .taken(let name):
            "the username '\(name)' is taken: a username names one user of all orgs of the server; choose another"
        case .beyond(let permissions):
            "the user has permissions that you do not have yourself (\(permissions.joined(separator: ", "))); ask somebody who has them"
        case .oneself:
            "you cannot freeze yourself, deactivate yourself or take \(Permission.manageUsers.fullLabel) from yourself; ask another admin"
        case .ownLimits:
            "you cannot take API Only or the login IP ranges of your profile from yourself; ask another admin"
        }
    }
}

/// The form that usernames and e-mail addresses must have.
public enum EmailAddressForm {
    /// Whether a text has it: at most 80 bytes, such as `ann@acme.example`.
    public static func isMet(by text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain =
            text.utf8.count <= 80 && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
            && PlainText.isPlain(text)
        return isPlain && !text.contains(where: \.isWhitespace) && parts.count == 2 && !parts[0].isEmpty
            && isDomain(parts[1])
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
    }
}

/// The rule of new passwords.
public enum PasswordRule {
    /// What a password that breaks the rule is refused with.
    public static let text = "a password has 8 characters at least and 1024 bytes at most"

    /// Whether a password may be set.
    public static func isMet(by password: Secret) -> Bool { password.count >= 8 && password.count <= 1_024 }
}

extension AuthorizationServer {
    /// Hashes a new password, on the threads for passwords.
    ///
    /// - Throws: ``PasswordPool/Busy``.
    public func hash(newPassword password: Secret) async throws -> PasswordHash {
        try await signIn.passwords.run(for: .known) { () -> Result<PasswordHash, any Error> in
            var randomness = SystemRandomNumberGenerator()
            return Result { try PasswordHash(hashing: password, using: &randomness) }
        }.get()
    }
}
