import ClientApps
import Hummingbird
import OAuthTypes

/// The body that asks for another pair at once: `{"replace": ["key", "secret"]}`.
struct ReplacementInput {
    let hasKey: Bool
    let hasSecret: Bool

    /// - Throws: `JSON_PARSER_ERROR` for a body that is none or has other members, `INVALID_FIELD` for parts that there are not.
    init(_ request: Request) async throws {
        let object = try await StagedCredentialsInput.object(request)
        guard object.members.map(\.name) == ["replace"] else {
            throw RESTRefusal(.jsonParserError, #"The body has one member; send {"replace": ["key", "secret"]}."#)
        }
        let parts = object["replace"]?.array?.map { $0.string ?? "" } ?? []
        guard !parts.isEmpty, Set(parts).isSubset(of: ["key", "secret"]), Set(parts).count == parts.count else {
            throw RESTRefusal(.invalidField, "replace must be a list of key, secret or both.")
        }
        (hasKey, hasSecret) = (parts.contains("key"), parts.contains("secret"))
    }
}
