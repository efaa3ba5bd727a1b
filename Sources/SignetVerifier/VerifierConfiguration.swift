public import OAuthTypes

/// What a resource server accepts. There is no default for the issuer and the audiences: they are what keeps other tokens out.
public struct VerifierConfiguration: Sendable {
    /// The kinds of access token.
    public enum Profile: Hashable, Sendable, CaseIterable {
        /// `typ` is `JWT` and `tty` is `sfdc-core-token`.
        case salesforce
        /// `typ` is `at+jwt` (RFC 9068 section 2.1).
        case rfc9068
    }

    /// The kinds of subject.
    public enum SubjectKind: Hashable, Sendable, CaseIterable {
        /// A user of the org.
        case user
        /// A guest of a site of the org.
        case guest
        /// Any other subject of an RFC 9068 token, such as a client.
        case other
    }

    /// The issuer, compared to the letter.
    public let issuer: String
    /// The names by which this resource server is called; a token must name one of them.
    public let audiences: Set<String>
    /// The accepted kinds of token.
    public let profiles: Set<Profile>
    /// The scopes that every token must have.
    public let requiredScopes: ScopeSet
    /// The accepted kinds of subject.
    public let subjectKinds: Set<SubjectKind>
    /// How far the clocks of the issuer and of this machine may be apart; cut to 0…300 seconds.
    public let leeway: TimeSpan
    /// The largest token that is looked at, in bytes.
    public let maximumBytes: Int

    /// What to accept.
    ///
    /// - Parameters:
    ///   - issuer: the org's My Domain origin without a slash at its end.
    ///   - audiences: what `aud` must name one of. Tokens of the Salesforce profile name the issuer itself.
    ///   - profiles: the accepted kinds of token.
    ///   - requiredScopes: the scopes that every token must have; a service with several routes may ask for less here and look at
    ///     ``VerifiedToken/scopes`` there.
    ///   - subjectKinds: the accepted kinds of subject.
    ///   - leeway: how far clocks may be apart; cut to 0…300 seconds.
    ///   - maximumBytes: the largest token that is looked at.
    public init(
        issuer: String,
        audiences: Set<String>,
        profiles: Set<Profile> = [.salesforce, .rfc9068],
        requiredScopes: ScopeSet = ScopeSet([]),
        subjectKinds: Set<SubjectKind> = [.user],
        leeway: TimeSpan = .seconds(30),
        maximumBytes: Int = 16_384
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.profiles = profiles
        self.requiredScopes = requiredScopes
        self.subjectKinds = subjectKinds
        self.leeway = min(max(leeway, .seconds(0)), .seconds(300))
        self.maximumBytes = maximumBytes
    }
}
