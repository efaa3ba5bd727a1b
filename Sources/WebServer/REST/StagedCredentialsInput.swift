import ClientApps
import Hummingbird
import NIOCore
import OAuthTypes

/// The body of a `PATCH` of a staged pair: `{"command": "rotate"}`, and how long the present pair works on.
struct StagedCredentialsInput {
    /// For how many days the present pair still works; `nil` for what the org has set. It is no member of the original's.
    let overlapDays: Int?

    /// - Throws: `JSON_PARSER_ERROR` for a body that is none or has other members, `INVALID_FIELD` for a value that means nothing.
    init(_ request: Request) async throws {
        let object = try await Self.object(request)
        for member in object.members where !["command", "overlapDays"].contains(member.name) {
            throw RESTRefusal(
                .jsonParserError,
                "Unrecognized field; the body has command and, if wanted, overlapDays."
            )
        }
        guard object["command"]?.string?.lowercased() == "rotate" else {
            throw RESTRefusal(.invalidField, #"command must be rotate; send {"command": "rotate"}."#)
        }
        guard let days = object["overlapDays"] else {
            overlapDays = nil
            return
        }
        guard let number = days.integer, (0...30).contains(number) else {
            throw RESTRefusal(.invalidField, "overlapDays must be a whole number from 0 to 30.")
        }
        overlapDays = Int(number)
    }

    /// Requires a body that says nothing: none, or `{}`, which clients send since some servers wait for one.
    static func requireEmpty(_ request: Request) async throws {
        guard try await object(request).members.isEmpty else {
            throw RESTRefusal(.jsonParserError, "Staging takes no members; send no body, or {}.")
        }
    }

    static func object(_ request: Request, upTo limit: Int = 4_096) async throws -> JSONObject {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RESTRefusal(
                .jsonParserError,
                "The body is larger than \(limit) bytes; send what is documented alone."
            )
        }
        let bytes = Array(buffer.readableBytesView)
        if bytes.isEmpty { return JSONObject() }
        guard let object = try? JSONScanner.object(bytes) else {
            throw RESTRefusal(.jsonParserError, "The body is no JSON object.")
        }
        return object
    }
}
