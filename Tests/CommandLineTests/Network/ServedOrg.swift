import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OAuthTypes
import Testing

/// A data directory whose server runs, and the program with the sessions of one person.
struct ServedOrg {
    let program: SignetProgram
    let issuer: String
    let first: JSONObject

    var username: String { first["adminUsername"]?.string ?? "" }
    var password: String { first["adminPassword"]?.string ?? "" }

    static func run(_ body: (ServedOrg) async throws -> Void) async throws {
        let program = try SignetProgram()
        defer { program.remove() }
        let port = try LocalPort.free()
        let issuer = "http://localhost:\(port)"
        let first = try program.initialized(at: issuer)
        let served = ServedOrg(program: program, issuer: issuer, first: first)
        let server = try RunningProgram(program.process(["serve", "--data", program.data, "--log-format", "json"]))
        defer { server.stop() }
        _ = try server.line(with: "\"message\":\"serving\"")
        try await body(served)
    }

    // MARK: Commands

    /// Starts a sign-in and returns it with the address that it prints.
    func login(_ options: String...) throws -> (RunningProgram, url: String) {
        let login = try RunningProgram(program.process(["login", "--issuer", issuer, "--no-browser"] + options))
        return (login, try login.line(with: "/services/oauth2/authorize?"))
    }

    /// Signs a person in: the admin, where nobody else is named.
    @discardableResult
    func signIn(_ username: String? = nil, _ password: String? = nil) async throws -> SignetProgram.Result {
        let (login, url) = try login()
        let person = Person(username: username ?? self.username, password: password ?? self.password)
        let page = try await person.authorize(url, issuer: issuer)
        let result = login.result()
        try #require(result.code == 0, "\(result.errors) \(page)")
        return result
    }

    /// A command of whoever is signed in.
    func signet(_ arguments: String...) throws -> SignetProgram.Result { try program.run(arguments) }

    /// A command of the operator, on the data.
    func local(_ arguments: String...) throws -> SignetProgram.Result {
        try program.run(arguments + ["--data", program.data])
    }

    /// A user of a profile whose password is known.
    func makeUser(_ username: String, profile: String = "Standard User", permissions: [String] = []) throws -> String {
        var sets: [String] = []
        if !permissions.isEmpty {
            let name = "Set_" + username.prefix { $0 != "@" }
            let options = permissions.flatMap { ["--permission", $0] }
            let made = try program.run(["permission-set", "create", name] + options + ["--data", program.data])
            try #require(made.code == 0, "\(made.errors)")
            sets = ["--permission-set", name]
        }
        let made = try program.run(
            ["user", "create", "--username", username, "--profile", profile] + sets
                + ["--data", program.data, "--output", "json"]
        )
        try #require(made.code == 0, "\(made.errors)")
        return try #require(try made.json().object?["password"]?.string)
    }

    // MARK: Sessions

    var sessionFolder: String { program.folder + "/config/signet" }

    /// Has commands look for the APIs of the org at another address than that of the server.
    func moveSession(to instance: String) throws {
        let path = try sessionFile()
        let session = try String(contentsOfFile: path, encoding: .utf8)
        let moved = session.replacing("\"instance\":\"\(issuer)\"", with: "\"instance\":\"\(instance)\"")
        try #require(moved != session)
        try moved.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Changes a document by the Metadata API, in the name of who is signed in. When that is answered, the server goes by it.
    func update(_ type: String, _ fields: String) async throws {
        let bytes = try #require(FileManager.default.contents(atPath: try sessionFile()))
        let token = try #require(try JSONScanner.object(Array(bytes))["accessToken"]?.string)
        var request = HTTPClientRequest(url: "\(issuer)/services/Soap/m/68.0")
        request.method = .POST
        request.headers = ["Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "\"\""]
        let envelope = """
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
            xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
            <soapenv:Header><SessionHeader><sessionId>\(token)</sessionId></SessionHeader></soapenv:Header>\
            <soapenv:Body><updateMetadata><metadata xsi:type="\(type)">\(fields)</metadata></updateMetadata></soapenv:Body>\
            </soapenv:Envelope>
            """
        request.body = .bytes(ByteBuffer(string: envelope))
        let text = try await HTTPClient.withHTTPClient { [request] client in
            let response = try await client.execute(request, timeout: .seconds(60))
            return String(buffer: try await response.body.collect(upTo: 1_048_576))
        }
        try #require(text.contains("<success>true</success>"), "\(text)")
    }

    func sessionFile() throws -> String {
        let files = try FileManager.default.contentsOfDirectory(atPath: sessionFolder + "/sessions")
        return try sessionFolder + "/sessions/" + #require(files.first { $0.hasSuffix(".json") })
    }
}
