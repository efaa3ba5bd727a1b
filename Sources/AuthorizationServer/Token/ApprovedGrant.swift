import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What a grant decided, with everything it had to write already durable. Only ``TokenEndpoint`` and its grants make one; ``TokenIssuer`` turns it
/// into tokens and touches no row.
struct ApprovedGrant: Sendable {
    let app: EffectiveApp
    let consumer: Consumer
    let account: AccountRecord
    let scopes: ScopeSet
    /// What it came of; none for client credentials and JWT bearer.
    let authorization: AuthorizationID?
    /// The user's consent that it rests on, where no authorization does.
    var consent: ConsentID?
    /// The access token that was written, for an app with opaque tokens.
    let opaqueToken: OpaqueGrant?
    /// The refresh token to answer, if there is a new one.
    let refreshToken: Secret?
    /// What the ID token says of the sign-in; none when no ID token is due.
    let signIn: SignInFacts?
    /// Authorizations of the same user and app that this one put an end to, since there may be only so many.
    var ended: [AuthorizationID] = []
}

/// An opaque access token and how long it lives after its last use.
struct OpaqueGrant: Sendable {
    let token: Secret
    let timeoutMinutes: Int
}

/// What an ID token says of how the user signed in (OpenID Connect Core section 2).
struct SignInFacts: Sendable {
    let authenticatedAt: Timestamp
    let nonce: String?
}

/// What came of a grant's transaction. A refusal is a value here, because a throw would roll back what it must keep: a
/// replayed code revokes its family and is refused.
enum GrantOutcome: Sendable {
    case approved(ApprovedGrant)
    /// Refused; whatever the transaction wrote is kept.
    case refused(OAuthError)
    /// Refused, and every token of this authorization was revoked with it.
    case revoked(OAuthError, authorization: AuthorizationID)
}
