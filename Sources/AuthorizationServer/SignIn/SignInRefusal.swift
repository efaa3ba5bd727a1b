public import Orgs

/// Why a sign-in was refused: for the operator's log, and never for the person, who may be somebody else.
public struct SignInRefusal: Hashable, Sendable {
    /// The closed list of reasons; the raw value is the word in the log.
    public enum Reason: String, Hashable, Sendable {
        /// The username or the password was left out.
        case incomplete
        /// The username or the password is longer than any can be.
        case tooLong
        /// No user with a password has this username.
        case unknownUser
        case wrongPassword
        case inactiveUser
        case frozenUser
        /// The user may come in through APIs alone.
        case apiOnlyUser
        /// The user may not come in through APIs.
        case apiDisabledForUser
        /// The APIs of the org are off.
        case apiDisabledForOrg
        /// The address is outside the IP ranges of the org or the profile.
        case restrictedAddress
        /// The org does not let users sign in to APIs with a password.
        case passwordLoginBlocked
        /// The org lets no client in that is not an app which its admin approved.
        case apiAccessControl
        /// Too many failures of this account, from everywhere.
        case accountLocked
        /// Too many failures of this account from this address.
        case accountLockedForSource
        /// Too many failures from this address, of all accounts.
        case sourceLocked
        /// Too many failures of this account in a browser that it knows.
        case browserLocked
        /// Too many failures of this account in all the browsers that it knows.
        case browsersLocked
        /// Too many passwords waited to be checked.
        case busy
    }

    /// Why it was refused.
    public let reason: Reason
    /// Who was named, if there is such a user; never what was typed.
    public let user: UserID?
}
