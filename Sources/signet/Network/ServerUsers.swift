import AuthorizationServer
import NIOHTTP1
import OAuthTypes

/// The users of the org that a person is signed in to.
struct ServerUsers: Sendable {
    let server: SignedInServer

    func create(_ new: UserAdministration.NewUser, _ password: Secret?) async throws -> JSONObject {
        let body = JSONWriter.object { json in
            json.member("username", new.username)
            json.member("email", ifPresent: new.email)
            json.member("firstName", new.firstName)
            json.member("lastName", ifPresent: new.lastName)
            json.member("profile", new.profile)
            json.array("permissionSets", of: new.permissionSets)
            json.member("isApiOnly", new.isAPIOnly)
            json.member("password", ifPresent: password?.revealed)
        }
        return try await server.send(.POST, "/signet/users", body: body).object()
    }

    func setPassword(_ password: Secret, of username: String) async throws {
        let body = JSONWriter.object { $0.member("password", password.revealed) }
        _ = try await server.send(.PATCH, "/signet/users/\(try await id(of: username))", body: body)
    }

    func setFrozen(_ isFrozen: Bool, _ username: String) async throws {
        let body = JSONWriter.object { $0.member("isFrozen", isFrozen) }
        _ = try await server.send(.PATCH, "/signet/users/\(try await id(of: username))", body: body)
    }

    /// Changes what a user may do.
    ///
    /// - Returns: the facts of the user then.
    func change(_ change: UserChange, of username: String) async throws -> JSONObject {
        let body = JSONWriter.object { json in
            json.member("profile", ifPresent: change.profile)
            if !change.addedPermissionSets.isEmpty { json.array("addPermissionSets", of: change.addedPermissionSets) }
            if !change.removedPermissionSets.isEmpty {
                json.array("removePermissionSets", of: change.removedPermissionSets)
            }
            if let isActive = change.isActive { json.member("isActive", isActive) }
        }
        _ = try await server.send(.PATCH, "/signet/users/\(try await id(of: username))", body: body)
        return try await user(username)
    }

    private func id(of username: String) async throws -> String { try await user(username).text("id") }

    private func user(_ username: String) async throws -> JSONObject {
        let answer = try await server.send(.GET, "/signet/users?username=\(PercentEncoding.encode(username))").object()
        guard let user = answer.objects("users").first else {
            throw CommandFailure("no user has the username '\(username)'; see: signet user list")
        }
        return user
    }
}
