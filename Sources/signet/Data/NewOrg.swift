import AuthorizationServer
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// An org with its standard profiles, its first users and the app of the command line, as `signet init` and `signet org create` make it.
struct NewOrg: Sendable {
    let org: Org
    let users: [FirstUser]
    let masterKey: MasterKey
    let actor: AuditActor

    /// A user that the org has from its start.
    struct FirstUser: Sendable {
        let username: String
        let lastName: String
        /// The name of a standard profile.
        let profile: String
        /// `nil` for a user for APIs alone.
        let hash: PasswordHash?
    }

    /// Remembers all of it, in the caller's transaction.
    ///
    /// - Throws: ``CommandFailure`` for a username that some org of the server has: a username names one user of the whole server.
    func insert(now: Timestamp, on connection: any Connection) throws {
        var randomness = SystemRandomNumberGenerator()
        try OrgRecords.insert(org, by: actor, on: connection)
        let profiles = Profile.standardProfiles(org: org.id, now: now, using: &randomness)
        for profile in profiles { try Profiles.insert(profile, by: actor, now: now, on: connection) }
        for first in users {
            guard let profile = profiles.first(where: { $0.name == first.profile }) else {
                throw CommandFailure("the profile '\(first.profile)' is missing")
            }
            guard try !Users.isTaken(username: first.username, on: connection) else {
                throw UsernameTaken.failure(first.username)
            }
            let user = User(
                id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                org: org.id,
                username: first.username,
                email: first.username,
                lastName: first.lastName,
                nickname: String(first.username.prefix { $0 != "@" }),
                profile: profile.id,
                isAPIOnly: first.hash == nil,
                createdAt: now,
                updatedAt: now,
                passwordChangedAt: first.hash == nil ? nil : now
            )
            try Users.insert(user, passwordHash: first.hash?.encoded, by: actor, on: connection)
        }
        _ = try CommandLineApp.keep(in: org.id, masterKey: masterKey, by: actor, now: now, on: connection)
    }
}

/// Says that a username is in use.
enum UsernameTaken {
    static func failure(_ username: String) -> CommandFailure {
        CommandFailure(
            "the username '\(username)' is taken: a username names one user of all orgs of the server; choose another"
        )
    }
}
