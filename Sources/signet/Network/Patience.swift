/// Waits for work of a server, asking in between how far it is.
enum Patience {
    /// How many questions in a row may find no server.
    private static let failures = 5

    /// Asks until there is an answer: soon at first, then every second. A question that finds no server is asked again a few times.
    ///
    /// - Throws: what the last question threw.
    static func poll<Result>(
        from firstPause: Duration = .milliseconds(100),
        _ ask: () async throws -> Result?
    ) async throws -> Result {
        var (pause, failures) = (firstPause, 0)
        while true {
            do {
                if let result = try await ask() { return result }
                failures = 0
            } catch let failure as CommandFailure where failure.mayPass && failures < Self.failures {
                failures += 1
            }
            // The pace of the questions; the work goes on at the server meanwhile.
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}
