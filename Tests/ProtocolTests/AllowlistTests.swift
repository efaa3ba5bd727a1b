import AuthorizationServer
import ClientApps
import Foundation
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Refresh token IP allowlist")
struct AllowlistTests {
    /// Exchanges by the app of ``AppMother``, from an address of the test's choice.
    private struct Exchange {
        let server: TestServer

        func callAsFunction(_ form: [(String, String)], from source: String?) async throws -> OAuthErrorCode? {
            let request = try TokenEndpoint.Request(
                fields: try FormFields(
                    urlEncoded: Array(
                        Client.encoded(
                            form + [("client_id", AppMother.key), ("client_secret", AppMother.secret)]
                        ).utf8
                    )
                ),
                basic: nil,
                source: source.flatMap { IPAddress($0) }
            )
            let org = OrgState(org: server.org, notBefore: Timestamp(milliseconds: 0))
            do {
                _ = try await server.server.tokenEndpoint.answer(request, org: org, now: server.now)
                return nil
            } catch let error as OAuthError {
                if error.code == .invalidGrant { #expect(error.text.contains("tokenIpRanges")) }
                return error.code
            }
        }
    }

    @Test(
        "app-model 8.4: codes and refresh tokens are exchanged from the addresses of the allowlist alone, and cost nobody theirs elsewhere",
        arguments: TestDatabase.available,
        [true, false]
    )
    func exchange(driver: TestDatabase, isRotating: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            let exchange = Exchange(server: server)
            let app = AppMother().global("isRefreshTokenRotationEnabled", "\(isRotating)")
            try await server.deploy(app.allowing("192.0.2.10", "192.0.2.12").allowing("2001:db8::7", "2001:db8::7"))
            // The browser of the user is anywhere.
            let code = try #require(try await client.authorize()["code"])
            let redemption = [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
                ("code_verifier", Client.verifier),
            ]
            for source in ["192.0.2.9", "192.0.2.13", "2001:db8::8", nil] {
                #expect(try await exchange(redemption, from: source) == .invalidGrant)
            }
            #expect(try await exchange(redemption, from: "192.0.2.11") == nil)

            try await server.deploy(app.withEmptyAllowlist)
            let token = try await client.codeTokens().string("refresh_token")
            try await server.deploy(app.allowing("192.0.2.10", "192.0.2.12").allowing("2001:db8::7", "2001:db8::7"))
            let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)]
            #expect(try await exchange(refresh, from: "192.0.2.13") == .invalidGrant)
            #expect(try await exchange(refresh, from: "2001:db8::7") == nil)
        }
    }

    @Test(
        "app-model 8.4: the allowlist is of the web server and refresh flows, and goes with its last range",
        arguments: TestDatabase.available
    )
    func others(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().allowing("192.0.2.10", "192.0.2.10"))
            #expect(try await client.token([("grant_type", "client_credentials")]).status == 200)
            let refused = try await client.codeTokens()
            #expect(refused.error == "invalid_grant")
            #expect(refused.text?.contains("ExtlClntAppOauthSecuritySettings") == true)
            try await server.deploy(AppMother().withEmptyAllowlist)
            #expect(try await client.codeTokens().status == 200)
        }
    }
}
