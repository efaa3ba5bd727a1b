/// Says what PostgreSQL refused or that it could not be reached. It never holds the database URL or a value of a row.
public struct PostgresFailure: Error, CustomStringConvertible, Sendable {
    /// PostgreSQL's five-character code; `nil` when the server was not reached or the connection was lost.
    public let sqlState: String?
    /// What PostgreSQL or libpq said, for the log of the operator.
    public let description: String

    /// Whether the same transaction may succeed when it is run again: a serialization failure or a deadlock.
    var isTransient: Bool { sqlState == "40001" || sqlState == "40P01" }

    static let lost = PostgresFailure(
        sqlState: nil,
        description: "the connection to PostgreSQL was lost; the next call opens a new one"
    )
    static let closed = PostgresFailure(sqlState: nil, description: "the database is closed")

    /// libpq's own words for a failed connection may quote parts of the URL, so only what they tell is kept.
    static func unreachable(_ words: String) -> PostgresFailure {
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
        return PostgresFailure(sqlState: nil, description: "PostgreSQL cannot be reached: \(reason)")
    }
}
