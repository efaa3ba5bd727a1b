public import OAuthTypes
public import Orgs
public import Storage
public import Tokens

/// An account as somebody named it at sign-in, whether it exists or not: what its failures are counted under.
///
/// The name is kept as a keyed digest, since people type passwords into the wrong field.
public struct SignInAccount: Sendable {
    /// The beginning of every counter of the account.
    let subject: String
    private let masterKey: MasterKey

    /// The account of an org with this username, whatever its case.
    public init(username: String, org: OrgID, masterKey: MasterKey) {
        let name = Array("\(org.rawValue) \(User.comparable(username: username))".utf8)
        subject = "account " + Hexadecimal.text(masterKey.authenticationCode(name, purpose: "sign-in account"))
        self.masterKey = masterKey
    }

    /// Lifts the lock of the account, wherever the failures came from. That of a source address, which counts for all accounts,
    /// stays.
    ///
    /// - Parameter user: the user whose account it is.
    public func unlock(_ user: User, by actor: AuditActor, now: Timestamp, on connection: any Connection) throws {
        let failures = try SignInFailures.clear(prefix: subject, on: connection)
        guard failures > 0 else { return }
        try AuditTrail.record(
            AuditEvent(
                org: user.org,
                at: now,
                actor: actor,
                action: .updated,
                subjectKind: "User",
                subjectName: user.username,
                changes: [AuditChange("failedSignIns", before: "\(failures)", after: "0")]
            ),
            on: connection
        )
    }

    /// The mark that a browser gets when somebody has signed in to the account with it: random, and provably of this account,
    /// its password and this day.
    ///
    /// - Parameter nonce: the random part of the mark that the browser has: it is one browser however often it signs in, with
    ///   one counter.
    func mark(
        nonce: String?,
        for hash: PasswordHash,
        now: Timestamp,
        using randomness: inout some RandomNumberGenerator
    ) -> Secret {
        let nonce = nonce ?? RandomText.text(Self.nonceLength, of: .base62, using: &randomness)
        let day = String(Self.day(now))
        let padded = String(repeating: "0", count: max(0, Self.dayLength - day.count)) + day
        return Secret(nonce + padded + proof(nonce + padded, hash))
    }

    /// The random part of a mark, if the mark is one of this account and its password, and no older than
    /// ``markDays``: whoever knew an earlier password is a stranger again.
    func nonce(ofMark mark: String, for hash: PasswordHash, now: Timestamp) -> String? {
        let head = String(mark.prefix(Self.nonceLength + Self.dayLength))
        guard Secret(String(mark.dropFirst(head.count))).matches(Secret(proof(head, hash))),
            let day = Int64(head.dropFirst(Self.nonceLength)),
            (0...Self.markDays).contains(Self.day(now) - day)
        else { return nil }
        return String(head.prefix(Self.nonceLength))
    }

    /// How many days a mark is worth something after the last sign-in.
    static let markDays: Int64 = 180
    private static let nonceLength = 22
    private static let dayLength = 5

    private static func day(_ moment: Timestamp) -> Int64 { moment.milliseconds / TimeSpan.days(1).milliseconds }

    private func proof(_ head: String, _ hash: PasswordHash) -> String {
        let text = "\(subject) \(head) \(hash.encoded)"
        return Hexadecimal.text(masterKey.authenticationCode(Array(text.utf8), purpose: "known browser"))
    }
}
