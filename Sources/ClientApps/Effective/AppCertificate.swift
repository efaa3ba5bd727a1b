import CryptoExtras
// CryptoExtras gives a key's numbers as Foundation's Data only.
import Foundation
public import OAuthTypes
import SwiftASN1
import X509

/// The certificate of an app, whose key checks its signed assertions (RFC 7523).
public struct AppCertificate: Hashable, Sendable {
    /// The certificate as it was given: in PEM form, or the base64 of it alone.
    public let pem: String
    /// The RSA modulus, big-endian.
    public let modulus: [UInt8]
    /// The RSA public exponent, big-endian.
    public let exponent: [UInt8]
    /// The first moment at which the certificate is good (RFC 5280 section 4.1.2.5).
    public let notBefore: Timestamp
    /// The last moment at which the certificate is good (RFC 5280 section 4.1.2.5).
    public let notAfter: Timestamp

    /// Reads one PEM certificate of at most 4 KB with an RSA key of at least 2048 bits. Lines may be broken anywhere, and the lines before and
    /// after the base64 may be left out, as tools do.
    ///
    /// - Throws: `INVALID_CERTIFICATE` for anything else.
    public init(pem: String) throws(MetadataError) {
        guard pem.utf8.count <= 4_096 else { throw AppCertificate.refusal("The certificate is larger than 4 KB.") }
        do {
            let certificate = try Certificate(derEncoded: AppCertificate.der(pem))
            guard let key = _RSA.Signing.PublicKey(certificate.publicKey), key.keySizeInBits >= 2_048 else {
                throw AppCertificate.refusal("The certificate has no RSA key of 2048 bits or more.")
            }
            let numbers = try key.getKeyPrimitives()
            self.pem = pem
            modulus = Array(numbers.modulus)
            exponent = Array(numbers.publicExponent)
            notBefore = Timestamp(seconds: Int64(certificate.notValidBefore.timeIntervalSince1970))
            notAfter = Timestamp(seconds: Int64(certificate.notValidAfter.timeIntervalSince1970))
        } catch let error as MetadataError {
            throw error
        } catch {
            throw AppCertificate.refusal("The certificate is not a PEM certificate that can be read.")
        }
    }

    private struct NoPEM: Error {}

    /// The bytes of the one certificate in a text (RFC 7468).
    private static func der(_ pem: String) throws -> [UInt8] {
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
        var base64 = pem
        if pem.contains("-----") {
            let (starts, ends) = (pem.ranges(of: begin), pem.ranges(of: end))
            guard starts.count == 1, ends.count == 1, starts[0].upperBound <= ends[0].lowerBound else { throw NoPEM() }
            base64 = String(pem[starts[0].upperBound..<ends[0].lowerBound])
        }
        base64.removeAll(where: \.isWhitespace)
        guard let bytes = Data(base64Encoded: base64) else { throw NoPEM() }
        return Array(bytes)
    }

    private static func refusal(_ problem: String) -> MetadataError {
        MetadataError(
            element: "certificate",
            code: .invalidCertificate,
            problem: problem,
            remedy: "Give one X.509 certificate in PEM form with an RSA key of at least 2048 bits."
        )
    }
}
