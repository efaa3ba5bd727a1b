public import OAuthTypes

/// The `kid` values that new signing keys get; each is the time of making. `KeyKeeper` holds them unique in a server.
public enum KeyName {
    /// `CORE_ATJWT.<15-character org id>.<milliseconds>`: a key for access tokens.
    public static func accessToken(orgShortID: String, createdAt: Timestamp) -> String {
        "CORE_ATJWT.\(orgShortID).\(createdAt.milliseconds)"
    }

    /// `<milliseconds>`: a key for ID tokens, whose numeric name cannot be taken for the other kind.
    public static func idToken(createdAt: Timestamp) -> String {
        String(createdAt.milliseconds)
    }
}
