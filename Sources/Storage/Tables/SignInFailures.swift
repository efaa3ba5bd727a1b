public import OAuthTypes

/// The table of failed sign-ins, counted by account and by source address, so that guessing is slowed whoever guesses.
public enum SignInFailures {
    /// Counts one attempt as a failure, if the subject has any left: the one statement that decides, so that attempts at the
    /// same time cannot outrun the limit. One after a quiet period counts from one again.
    ///
    /// - Parameters:
    ///   - limit: how many a subject has, at least one.
    ///   - quiet: a subject whose last failure lies before is counted anew.
    /// - Returns: whether it had one left; if not, nothing is counted.
    public static func take(
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
                last_failure_at = excluded.last_failure_at
            WHERE sign_in_failures.failures < \(limit) OR sign_in_failures.last_failure_at <= \(quiet)
            RETURNING 1
            """
        ) != nil
    }

    /// Forgets the failures of a subject after a success.
    public static func clear(_ subject: String, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sign_in_failures WHERE subject = \(subject)")
    }

    /// Takes one counted attempt back, since it succeeded.
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
