public import OAuthTypes

/// The table of failed sign-ins: a counter for each subject, so that guessing is slowed whoever guesses.
public enum SignInFailures {
    /// Counts a failure ahead of the attempt, unless the subject has reached its limit; one after a quiet period counts from
    /// one again.
    ///
    /// This one statement decides, so attempts at the same time cannot outrun the limit. What is refused changes nothing: a
    /// lock ends although somebody goes on trying. An attempt whose time lies before the last one's never turns the clock back.
    ///
    /// - Returns: whether the attempt was counted, and so may be made.
    public static func count(
        _ subject: String,
        limit: Int,
        quietSince quiet: Timestamp,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try connection.row(
            """
            INSERT INTO sign_in_failures (subject, failures, last_failure_at) VALUES (\(subject), 1, \(now))
            ON CONFLICT (subject) DO UPDATE SET
                failures = CASE WHEN sign_in_failures.last_failure_at > \(quiet)
                    THEN sign_in_failures.failures + 1 ELSE 1 END,
                last_failure_at = CASE WHEN sign_in_failures.last_failure_at > excluded.last_failure_at
                    THEN sign_in_failures.last_failure_at ELSE excluded.last_failure_at END
            WHERE sign_in_failures.failures < \(limit) OR sign_in_failures.last_failure_at <= \(quiet)
            RETURNING failures
            """
        ) != nil
    }

    /// Forgets the failures of a subject after a success.
    public static func clear(_ subject: String, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sign_in_failures WHERE subject = \(subject)")
    }

    /// Forgets the failures of all subjects whose names begin with a text.
    ///
    /// - Returns: how many failures were forgotten.
    @discardableResult
    public static func clear(prefix: String, on connection: any Connection) throws -> Int64 {
        // Not LIKE, in which the text could mean a pattern; and not an order of texts, which depends on the collation.
        try connection.rows(
            """
            DELETE FROM sign_in_failures
            WHERE substr(subject, 1, CAST(\(prefix.unicodeScalars.count) AS INTEGER)) = \(prefix) RETURNING failures
            """
        ).reduce(0) { sum, row in
            var row = row
            return sum + (try row.integer())
        }
    }

    /// Takes one counted attempt back, since it was no failure.
    public static func forgive(_ subject: String, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE sign_in_failures SET failures = failures - 1 WHERE subject = \(subject) AND failures > 0"
        )
    }

    /// Forgets some old counters.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(olderThan time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM sign_in_failures WHERE subject IN
                (SELECT subject FROM sign_in_failures WHERE last_failure_at < \(time) LIMIT \(limit))
            """
        )
    }
}
