import HTTPTypes
import Hummingbird
import NIOCore
import OAuthTypes

/// Reads the parameters of a request: from its query, or from a body that is urlencoded or multipart.
enum FormBody {
    /// The largest body that is read, in bytes.
    static let maximumBytes = 131_072

    /// Waits until all of a request has come, and keeps its body.
    ///
    /// - Throws: ``BodyTooLarge``.
    static func collect(_ request: inout Request) async throws {
        guard ![.get, .head, .options].contains(request.method) else { return }
        // Who waits to be told to go on is answered before the body.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maximumBytes {
            throw BodyTooLarge()
        }
        do {
            request.body = .init(buffer: try await request.body.collect(upTo: maximumBytes))
        } catch is NIOTooManyBytesError {
            throw BodyTooLarge()
        }
    }

    /// The parameters of the body, which ``collect(_:)`` has kept.
    ///
    /// - Throws: `invalid_request` for a body of another type or a broken one.
    static func fields(of request: Request) async throws -> FormFields {
        let buffer = try await request.body.collect(upTo: maximumBytes)
        let type = request.headers[.contentType] ?? ""
        let mediaType = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch mediaType {
        case "application/x-www-form-urlencoded":
            return try FormFields(urlEncoded: buffer.readableBytesView)
        case "multipart/form-data":
            return try MultipartForm.fields(Array(buffer.readableBytesView), contentType: type)
        case "" where buffer.readableBytes == 0:
            return FormFields()
        default:
            throw OAuthError(
                .invalidRequest,
                "The Content-Type must be application/x-www-form-urlencoded or multipart/form-data (RFC 6749 section 4.1.3)."
            )
        }
    }

    /// The parameters of the query and, where there is one, of the body: the original takes either at some places.
    static func queryAndBody(of request: Request) async throws -> FormFields {
        let query = try query(of: request)
        guard request.method == .post else { return query }
        return FormFields(query.fields + (try await fields(of: request)).fields)
    }

    /// The parameters of the query.
    static func query(of request: Request) throws(OAuthError) -> FormFields {
        try FormFields(urlEncoded: Array((request.uri.query ?? "").utf8))
    }
}

/// Says that a body is larger than any that is read.
struct BodyTooLarge: Error {}

/// Reads `multipart/form-data` (RFC 7578) whose parts are plain values, as the original's own tools send it.
enum MultipartForm {
    static func fields(_ body: [UInt8], contentType: String) throws(OAuthError) -> FormFields {
        let parts: [MultipartPart]
        do {
            parts = try MultipartParts.read(body, contentType: contentType)
        } catch .noBoundary {
            throw OAuthError(.invalidRequest, "The Content-Type multipart/form-data has no boundary; add it.")
        } catch {
            throw OAuthError(
                .invalidRequest,
                "The multipart body is broken; send parts that end with their boundary (RFC 7578)."
            )
        }
        var fields: [FormFields.Field] = []
        for part in parts {
            fields.append(
                FormFields.Field(
                    name: try FormFields.text(part.name.utf8),
                    value: try FormFields.text(part.content)
                )
            )
        }
        return FormFields(fields)
    }
}
