public import OAuthTypes
public import Orgs

/// The questions that the protocol and those who foresee it ask in the same way.
extension EffectiveApp {
    /// Whether the app is for everybody, or for users that its admin approved and this one is among them.
    public func permits(_ user: User) -> Bool {
        guard case .adminApproved(let profiles, let sets) = permittedUsers else { return true }
        return profiles.contains(user.profile) || user.permissionSets.contains(where: sets.contains)
    }

    /// When the admin's policy or the developer's idle cap ends a refresh token, whichever is earlier (facts: app-model 8.3).
    ///
    /// - Parameters:
    ///   - authorizedAt: when the user allowed what the token came of.
    ///   - lastUsedAt: when a refresh of it was last answered.
    ///   - issuedAt: when the token itself was made.
    /// - Returns: `nil` for a token that lives until it is revoked.
    public func refreshTokenEnd(authorizedAt: Timestamp, lastUsedAt: Timestamp, issuedAt: Timestamp) -> Timestamp? {
        let byPolicy: Timestamp? =
            switch refreshTokenPolicy {
            case .infinite: nil
            case .zero: issuedAt
            case .lifetime(let span): authorizedAt + span
            case .inactivity(let span): lastUsedAt + span
            }
        return [refreshTokenIdleCap.map { lastUsedAt + $0 }, byPolicy].compactMap { $0 }.min()
    }
}
