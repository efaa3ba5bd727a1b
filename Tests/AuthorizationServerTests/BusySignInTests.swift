import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@testable import AuthorizationServer

struct BusySignInTests {
    @Test(
        "security 1.15: an attempt whose password nobody looked at is no failure",
        arguments: TestDatabase.available
    )
    func busy(on kind: TestDatabase) async throws {
        var randomness = SystemRandomNumberGenerator()
        let now = Timestamp(seconds: 1_700_000_000)
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        let decoy = try PasswordHash(
            hashing: Secret("decoy"),
            cost: PasswordHash.Cost(passes: 1, memoryKiB: 64),
            using: &randomness
        )
        let org = Org(
            id: OrgID(stored: "00D000000000001AAA"),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: now
        )
        try await kind.withDatabase { database in
            let signIn = SignIn(
                database: database,
                masterKey: masterKey,
                passwords: PasswordPool(queueLimit: 0),
                decoy: decoy
            )
            for _ in 0..<12 {
                let result = try await signIn.attempt(
                    .init(username: "ann@acme.example", password: Secret("guess"), mark: nil, source: nil),
                    org: OrgState(org: org, notBefore: Timestamp(milliseconds: 0)),
                    now: now
                )
                guard case .refused(let problem, let refusal) = result else {
                    Issue.record("signed in without a password that was looked at")
                    continue
                }
                #expect(problem.hasPrefix("Too many people") && refusal.reason == .busy)
            }
        }
    }
}
