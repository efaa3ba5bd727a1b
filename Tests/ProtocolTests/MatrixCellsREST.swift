import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import Testing

/// The cells of REST, and of `create` of the partner API. What is allowed finds nothing of the name, or stops at a body that says nothing.
extension MatrixCell {
    static let rest: [MatrixCell] =
        [
            cell("GET usage", admin, .get, "apps/oauth/usage"),
            cell("GET usage of users", admin, .get, "apps/oauth/usage/\(nothing)/users"),
            cell("DELETE usage of an app", admin, .delete, "apps/oauth/usage/\(nothing)/tokens"),
            cell("GET usage of a user", admin, .get, "apps/oauth/usage/\(nothing)/\(nothing)/tokens"),
            cell("DELETE usage of a user", admin, .delete, "apps/oauth/usage/\(nothing)/\(nothing)/tokens"),
            cell("DELETE a token", admin, .delete, "apps/oauth/usage/tokens/\(nothing)"),

            MatrixCell(name: "GET credentials", needs: credentials) { rest, _ in
                try await isAllowed(rest, .get, "apps/oauth/" + rest.credentials)
            },
            cell("GET a consumer", credentials, .get, consumer),
            cell("GET staged", credentials, .get, consumer + "/staged"),
            cell("POST staged", credentials, .post, consumer + "/staged", "{}"),
            cell("GET a pair", credentials, .get, consumer + "/staged/\(nothing)"),
            cell("PATCH a pair", credentials, .patch, consumer + "/staged/\(nothing)", "{}"),
            cell("DELETE a pair", credentials, .delete, consumer + "/staged/\(nothing)"),
            cell("POST replacement", credentials, .post, "signet/credentials/\(nothing)/replacement", "{}"),

            cell("GET signet/apps", viewer + connectedApps, .get, "signet/apps"),
            cell("GET signet/apps of one", admin, .get, "signet/apps/Orders"),
            cell("GET signet/apps of none", admin, .get, "signet/apps/Nothing"),
            cell("GET an explanation", admin, .get, "signet/apps/Orders/explanation"),

            cell("GET signet/users", [[.manageUsers]], .get, "signet/users"),
            cell("POST signet/users", [[.manageUsers]], .post, "signet/users", "{}"),
            cell("PATCH signet/users", [[.manageUsers]], .patch, "signet/users/\(nothing)", #"{"isFrozen":true}"#),

            cell("GET signet/packages", viewer, .get, "signet/packages"),
            cell("GET the key of packages", developer, .get, "signet/packages/key"),
            cell("POST a version", developer, .post, "signet/packages/versions/Nothing", #"{"version":"1.0.0"}"#),
            cell("POST inspection", viewer, .post, "signet/packages/inspection", "{}"),
            cell("POST signers", packages, .post, "signet/packages/signers", "{}"),
            cell("DELETE signers", packages, .delete, "signet/packages/signers?fingerprint=none"),
            cell("POST installations", packages, .post, "signet/packages/installations", "{}"),
            cell("DELETE installations", packages, .delete, "signet/packages/installations/Nothing"),

            cell(
                "GET sobjects ConnectedApplication",
                connectedApps,
                .get,
                "sobjects/ConnectedApplication/\(nothing)"
            ),
            cell(
                "query ConnectedApplication",
                connectedApps,
                .get,
                "query?q=SELECT%20Id%20FROM%20ConnectedApplication"
            ),
            sees("User", [[.viewSetup], [.manageUsers]], atLeast: 2),
            sees("Profile", [[.viewSetup]], atLeast: 2),
            sees("OauthToken", [[.viewSetup, .manageUsers]], atLeast: 1),

            cell("POST deployRequest", metadataAPI, .post, "metadata/deployRequest", validation),
            cell("GET deployRequest", metadataAPI, .get, "metadata/deployRequest/\(deployment)"),
            cell(
                "PATCH deployRequest",
                metadataAPI,
                .patch,
                "metadata/deployRequest/\(deployment)",
                #"{"deployResult":{"status":"Canceling"}}"#
            ),
            MatrixCell(name: "create Profile", needs: [[.manageProfilesPermissionSets]]) { _, soap in
                let fields = "<Name>\(Profile.standardUser)</Name><UserLicenseId>100000000000001AAA</UserLicenseId>"
                let answer = try await soap.post(
                    PartnerCreateTests.message(soap.token, fields),
                    path: "/services/Soap/u/68.0"
                )
                let code = answer.value("statusCode")
                #expect(code == "INSUFFICIENT_ACCESS" || code == "DUPLICATE_VALUE", "\(answer.text)")
                return code != "INSUFFICIENT_ACCESS"
            },
        ]

    /// An id that nothing has.
    private static let nothing = "0xI000000000001AAA"
    private static let consumer = "apps/oauth/credentials/\(nothing)/\(nothing)"
    private static let deployment = "0Af000000000001AAA"
    private static let validation = #"{"validatedDeployRequestId":"\#(deployment)"}"#

    private static func cell(
        _ name: String,
        _ needs: [Set<Permission>],
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil
    ) -> MatrixCell {
        MatrixCell(name: name, needs: needs) { rest, _ in try await isAllowed(rest, method, path, body) }
    }

    /// A cell of records of others, which nobody is refused: who may not see them sees fewer.
    private static func sees(_ type: String, _ needs: [Set<Permission>], atLeast count: Int64) -> MatrixCell {
        MatrixCell(name: "query \(type)", needs: needs) { rest, _ in
            let answer = try await ask(rest, .get, "query?q=SELECT%20Id%20FROM%20\(type)", nil)
            return try #require(answer.json["totalSize"]?.integer, "\(answer.body)") >= count
        }
    }

    private static func isAllowed(
        _ rest: RESTCaller,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil
    ) async throws -> Bool {
        let answer = try await ask(rest, method, path, body)
        let isRefused = answer.restCode == "INSUFFICIENT_ACCESS"
        #expect(isRefused == (answer.status == 403) && answer.status < 500, "\(path): \(answer.body)")
        return !isRefused
    }

    private static func ask(
        _ rest: RESTCaller,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String?
    ) async throws -> Client.Answer {
        var headers: HTTPFields = [.authorization: "Bearer \(rest.token)"]
        if body != nil { headers[.contentType] = "application/json" }
        return try await rest.client.send(method, "/services/data/v68.0/" + path, headers: headers, body: body)
    }
}
