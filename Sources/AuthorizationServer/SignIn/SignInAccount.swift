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
        subject = "account " + Self.hex(masterKey.authenticationCode(name, purpose: "sign-in account"))
        self.masterKey = masterKey
    }

    /// Lifts the lock of the account, wherever the failures came from. That of a source address, which counts for all accounts,
    /// stays.
    public func unlock(on connection: any Connection) throws {
        try SignInFailures.clear(prefix: subject, on: connection)
    }

    /// The mark that a browser gets when somebody has signed in to the account with it: random, and provably of this account.
    func newMark(using randomness: inout some RandomNumberGenerator) -> Secret {
        let nonce = RandomText.text(Self.nonceLength, of: .base62, using: &randomness)
        return Secret(nonce + proof(nonce))
    }

    /// The random part of a mark, if the mark is one of this account.
    func nonce(ofMark mark: String) -> String? {
        let nonce = String(mark.prefix(Self.nonceLength))
        let isOurs = Secret(String(mark.dropFirst(Self.nonceLength))).matches(Secret(proof(nonce)))
        return isOurs ? nonce : nil
    }

    private static let nonceLength = 22

    private func proof(_ nonce: String) -> String {
        Self.hex(masterKey.authenticationCode(Array("\(subject) \(nonce)".utf8), purpose: "known browser"))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
