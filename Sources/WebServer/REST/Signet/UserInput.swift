import AuthorizationServer
import ClientApps
import Hummingbird
import OAuthTypes
import Orgs

/// The body of a `POST` of users.
struct NewUserInput: Sendable {
    let user: UserAdministration.NewUser
    /// `nil` for a user who has none.
    let password: Secret?

    private static let members = [
        "username", "email", "firstName", "lastName", "profile", "permissionSets", "isApiOnly", "password",
    ]

    /// - Throws: `JSON_PARSER_ERROR`, `REQUIRED_FIELD_MISSING`, `INVALID_FIELD`, `INVALID_EMAIL_ADDRESS`.
    init(_ request: Request) async throws {
        let json = try await UserJSON(request, members: Self.members)
        guard let username = try json.text("username"), let profile = try json.text("profile") else {
            throw RESTRefusal(.requiredFieldMissing, "username and profile are needed.")
        }
        let email = try json.text("email")
        for (name, value) in [("username", username), ("email", email ?? username)] {
            guard EmailAddressForm.isMet(by: value) else {
                throw RESTRefusal(
                    .invalidEmailAddress,
                    "\(name) must have the form of an e-mail address of at most 80 bytes, such as ann@acme.example."
                )
            }
        }
        user = UserAdministration.NewUser(
            username: username,
            email: email,
            firstName: try json.shown("firstName") ?? "",
            lastName: try json.shown("lastName"),
            profile: profile,
            permissionSets: try json.texts("permissionSets"),
            isAPIOnly: try json.flag("isApiOnly") ?? false
        )
        password = try json.text("password").map { Secret($0) }
    }
}

/// The body of a `PATCH` of a user: one of the three.
enum UserChangeInput: Sendable {
    case frozen(Bool)
    case password(Secret)
    case access(UserChange)

    private static let members = [
        "isFrozen", "password", "profile", "addPermissionSets", "removePermissionSets", "isActive",
    ]

    /// - Throws: `JSON_PARSER_ERROR`, `INVALID_FIELD`.
    init(_ request: Request) async throws {
        let json = try await UserJSON(request, members: Self.members)
        let change = UserChange(
            profile: try json.text("profile"),
            addedPermissionSets: try json.texts("addPermissionSets"),
            removedPermissionSets: try json.texts("removePermissionSets"),
            isActive: try json.flag("isActive")
        )
        switch (try json.flag("isFrozen"), try json.text("password"), change.isEmpty) {
        case (let isFrozen?, nil, true): self = .frozen(isFrozen)
        case (nil, let password?, true): self = .password(Secret(password))
        case (nil, nil, false):
            guard Set(change.addedPermissionSets).isDisjoint(with: change.removedPermissionSets) else {
                throw RESTRefusal(.invalidField, "addPermissionSets and removePermissionSets name the same one.")
            }
            self = .access(change)
        default:
            throw RESTRefusal(
                .invalidField,
                "Send isFrozen alone, password alone, or some of profile, addPermissionSets, removePermissionSets and isActive."
            )
        }
    }
}

/// The members of a body, each of the type that it must have.
private struct UserJSON {
    private let object: JSONObject

    init(_ request: Request, members: [String]) async throws {
        object = try await StagedCredentialsInput.object(request)
        guard object.members.allSatisfy({ members.contains($0.name) }) else {
            throw RESTRefusal(.jsonParserError, "Unrecognized field; there are \(members.joined(separator: ", ")).")
        }
    }

    func text(_ name: String) throws -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw wrong(name, "a text") }
        return text
    }

    /// A text that people read on pages.
    func shown(_ name: String) throws -> String? {
        guard let text = try text(name) else { return nil }
        guard PlainText.isPlain(text), text.utf8.count <= 80 else {
            throw wrong(name, "a text of at most 80 bytes without control characters and marks of text direction")
        }
        return text
    }

    func texts(_ name: String) throws -> [String] {
        guard let value = object[name] else { return [] }
        guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
            throw wrong(name, "a list of texts")
        }
        return list.compactMap(\.string)
    }

    func flag(_ name: String) throws -> Bool? {
        guard let value = object[name] else { return nil }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    private func wrong(_ name: String, _ rule: String) -> RESTRefusal {
        RESTRefusal(.invalidField, "\(name) must be \(rule).")
    }
}
