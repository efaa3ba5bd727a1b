import ArgumentParser
import Crypto
import Foundation
import OAuthTypes
import Orgs
import SwiftASN1
import X509

/// `signet dev-cert`.
struct DevCertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-cert",
        abstract: "Make a local certificate authority and a server certificate, for clients that insist on HTTPS.",
        discussion: """
            Writes ca.pem, server.pem and server-key.pem into the folder. Let clients trust ca.pem, and serve with \
            --tls-cert server.pem --tls-key server-key.pem. The key of the authority is not kept, so it can sign nothing else.
            """
    )

    @Argument(help: "The names of the server.")
    var names: [String] = ["localhost", "127.0.0.1", "::1"]
    @Option(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var into = "."
    @Option(help: "How many days the certificates are good for.")
    var days = 90

    func validate() throws {
        guard (1...825).contains(days) else { throw ValidationError("--days must be from 1 to 825") }
        for name in names where !name.contains(":") && WebOrigin("https://\(name.lowercased())") == nil {
            throw ValidationError(
                "'\(name)' is no host name and no address; write them apart, such as localhost 127.0.0.1"
            )
        }
    }

    func run() throws {
        let paths = ["ca.pem", "server.pem", "server-key.pem"].map { "\(into)/\($0)" }
        for path in paths where FileManager.default.fileExists(atPath: path) {
            throw CommandFailure("\(path) exists already; name another folder with --into")
        }
        try PrivateFolder.make(into)
        let validity = Date().addingTimeInterval(-300)..<Date().addingTimeInterval(Double(days) * 86_400)
        let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let authorityName = try DistinguishedName { CommonName("Signet local development") }
        let authority = try certificate(
            subject: authorityName,
            issuer: authorityName,
            publicKey: authorityKey.publicKey,
            signer: authorityKey,
            validity
        ) {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true))
        }
        let serverKey = P256.Signing.PrivateKey()
        let general = try names.map(generalName)
        let server = try certificate(
            subject: try DistinguishedName { CommonName(names.first ?? "localhost") },
            issuer: authorityName,
            publicKey: Certificate.PrivateKey(serverKey).publicKey,
            signer: authorityKey,
            validity
        ) {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(general)
        }
        try write(try authority.serializeAsPEM().pemString, paths[0], mode: 0o644)
        try write(try server.serializeAsPEM().pemString, paths[1], mode: 0o644)
        try write(serverKey.pemRepresentation, paths[2], mode: 0o600)
        for path in paths { Terminal.print(path) }
    }

    private func certificate(
        subject: DistinguishedName,
        issuer: DistinguishedName,
        publicKey: Certificate.PublicKey,
        signer: Certificate.PrivateKey,
        _ validity: Range<Date>,
        @ExtensionsBuilder extensions: () throws -> Result<Certificate.Extensions, any Error>
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            notValidBefore: validity.lowerBound,
            notValidAfter: validity.upperBound,
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try extensions().get(),
            issuerPrivateKey: signer
        )
    }

    private func generalName(_ name: String) throws -> GeneralName {
        if name.contains(":") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, name, &address) == 1 else { throw CommandFailure("'\(name)' is no IPv6 address") }
            return .ipAddress(ASN1OctetString(contentBytes: withUnsafeBytes(of: &address) { ArraySlice($0) }))
        }
        let parts = name.split(separator: ".").compactMap { UInt8($0) }
        if parts.count == 4, name.split(separator: ".").count == 4 {
            return .ipAddress(ASN1OctetString(contentBytes: parts[...]))
        }
        return .dnsName(name)
    }

    private func write(_ text: String, _ path: String, mode: Int) throws {
        let isMade = FileManager.default.createFile(
            atPath: path,
            contents: Data((text + "\n").utf8),
            attributes: [.posixPermissions: mode]
        )
        guard isMade else { throw CommandFailure("\(path) cannot be written; check the folder and its permissions") }
    }
}
