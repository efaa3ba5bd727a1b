import Storage

/// Says what PostgreSQL refused. It never holds the database URL or a value of a row.
public struct PostgresFailure: Error, CustomStringConvertible, Sendable {
    /// PostgreSQL's five-character code; `nil` where the server gave none.
    public let sqlState: String?
    /// What PostgreSQL or libpq said, for the log of the operator.
    public let description: String

    /// Whether the same transaction may succeed when it is run again: a serialization failure or a deadlock.
    var isTransient: Bool { sqlState == "40001" || sqlState == "40P01" }
}

extension DatabaseUnavailable {
    static let lost = DatabaseUnavailable(
        description: "the connection to PostgreSQL was lost; the next call opens a new one"
    )
    static let notTaken = DatabaseUnavailable(description: "the database is closed, or too many wait for it")

    /// Whether a code says that the server takes no work now: it shuts down or starts (57P01 to 57P03), has no connection left
    /// (53300), the connection broke (class 08), or another transaction holds a row for too long (55P03).
    static func isMeant(by sqlState: String) -> Bool {
        ["57P01", "57P02", "57P03", "53300", "55P03"].contains(sqlState) || sqlState.hasPrefix("08")
    }

    /// libpq's own words for a failed connection may quote parts of the URL, so only what they tell is kept.
    static func unreachable(_ words: String) -> DatabaseUnavailable {
        let known: [(sign: String, reason: String)] = [
            ("password authentication failed", "it refused the user or the password"),
            ("no password supplied", "it asks for a password and the URL has none"),
            ("no pg_hba.conf entry", "its pg_hba.conf does not let this host, user and database in"),
            ("Connection refused", "nothing listens at the host and port of the URL"),
            ("could not translate host name", "the host of the URL has no address"),
            ("timeout expired", "it did not answer in time"),
            ("does not exist", "it does not know the database or the role of the URL"),
            ("certificate", "its TLS certificate was not accepted"),
        ]
        let reason = known.first { words.contains($0.sign) }?.reason ?? "check the URL and the server's log"
        return DatabaseUnavailable(description: "PostgreSQL cannot be reached: \(reason)")
    }
}
