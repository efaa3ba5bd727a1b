internal import OAuthTypes

/// The compact serialization of a JWS (RFC 7515 section 7.1).
public enum CompactJWS {
    /// Appends `.` and the base64url signature to the signing input. If the caller gives the buffer away and the encoder
    /// made it, there is room in it already.
    public static func assemble(signingInput: consuming [UInt8], signature: [UInt8]) -> [UInt8] {
        var token = signingInput
        token.reserveCapacity(token.count + 1 + Base64URL.encodedCount(signature.count))
        token.append(0x2E)
        signature.withUnsafeBytes { Base64URL.encode($0, into: &token) }
        return token
    }

    /// `<header segment>.<payload>` with room for the signature of an RSA-2048 key.
    static func signingInput(headerSegment: [UInt8], payload: [UInt8]) -> [UInt8] {
        var input: [UInt8] = []
        let signatureRoom = 1 + Base64URL.encodedCount(256)
        input.reserveCapacity(headerSegment.count + 1 + Base64URL.encodedCount(payload.count) + signatureRoom)
        input.append(contentsOf: headerSegment)
        input.append(0x2E)
        payload.withUnsafeBytes { Base64URL.encode($0, into: &input) }
        return input
    }

    static func segment(_ json: [UInt8]) -> [UInt8] {
        var segment: [UInt8] = []
        segment.reserveCapacity(Base64URL.encodedCount(json.count))
        json.withUnsafeBytes { Base64URL.encode($0, into: &segment) }
        return segment
    }
}
