import CryptoExtras
import Foundation
import OAuthTypes
import SwiftASN1
import X509

/// The key pair of an app, with the certificate that its developer uploads.
struct ClientKey: Sendable {
    let key: _RSA.Signing.PrivateKey
    /// The certificate as PEM; good from a day before ``TestServer/start`` to a year after.
    let certificate: String

    /// The key of the app under test, and one that its server knows nothing of.
    static let own = Result { try ClientKey() }
    static let foreign = Result { try ClientKey() }

    private init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let start = Date(timeIntervalSince1970: TimeInterval(TestServer.start.seconds))
        let name = try DistinguishedName { CommonName("orders.example") }
        let made = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: start.addingTimeInterval(-86_400),
            notValidAfter: start.addingTimeInterval(365 * 86_400),
            issuer: name,
            subject: name,
            signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: Certificate.Extensions(),
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        certificate = try made.serializeAsPEM().pemString
    }
}
