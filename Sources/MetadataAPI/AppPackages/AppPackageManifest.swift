public import ClientApps
public import OAuthTypes
public import Orgs
public import Tokens

/// What a package says of itself, and the digest of each of its files: the text that its org signs.
///
/// There is one text for one manifest: a line for each field in a fixed order, then a line for each file by its path. A text that is
/// not what these values print is no manifest, so that nothing is signed that is not read.
public struct AppPackageManifest: Hashable, Sendable {
    /// One file of a package.
    public struct File: Hashable, Sendable {
        /// The path from the root of the archive.
        public let path: String
        /// The number of bytes.
        public let size: Int
        /// SHA-256 of the bytes.
        public let digest: [UInt8]

        /// A file as it is.
        public init(_ entry: ArchiveEntry) {
            (path, size, digest) = (entry.path, entry.bytes.count, TokenDigest.sha256(entry.bytes))
        }

        fileprivate init(path: String, size: Int, digest: [UInt8]) {
            (self.path, self.size, self.digest) = (path, size, digest)
        }
    }

    /// The developer name of the app.
    public let name: String
    /// Which version of its package.
    public let version: PackageVersion
    /// The org that made it.
    public let sourceOrg: OrgID
    /// The app that it was made of.
    public let sourceApp: AppID
    /// The issuer of that org.
    public let issuer: String
    /// When it was made.
    public let createdAt: Timestamp
    /// The key that it is signed with.
    public let key: PackagePublicKey
    /// The files, by their paths.
    public let files: [File]

    /// A manifest of some files, in any order.
    public init(
        name: String,
        version: PackageVersion,
        sourceOrg: OrgID,
        sourceApp: AppID,
        issuer: String,
        createdAt: Timestamp,
        key: PackagePublicKey,
        files: [File]
    ) {
        (self.name, self.version, self.sourceOrg, self.sourceApp) = (name, version, sourceOrg, sourceApp)
        (self.issuer, self.createdAt, self.key) = (issuer, createdAt, key)
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The text.
    public var bytes: [UInt8] {
        let fields = [
            ("Signet-Package", "1"), ("Name", name), ("Version", version.description),
            ("Source-Org", sourceOrg.rawValue), ("Source-App", sourceApp.rawValue), ("Issuer", issuer),
            ("Created", String(createdAt.milliseconds)), ("Key", "ES256 " + Base64URL.encode(key.bytes)),
        ]
        let lines =
            fields.map { "\($0.0): \($0.1)" }
            + files.map { "File: \($0.size) \(Base64URL.encode($0.digest)) \($0.path)" }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The milliseconds from 1970 to the end of the year 9999, which dates can be written of.
    private static let years: ClosedRange<Int64> = 0...253_402_300_799_999

    /// What is signed: the text behind a line of its own, so that no signature of anything else is one of a package.
    public var signedBytes: [UInt8] { Array("signet package signature 1\n".utf8) + bytes }

    /// Reads the text.
    ///
    /// - Throws: ``PackageRefusal/malformed(_:)``.
    public init(parsing bytes: [UInt8]) throws(PackageRefusal) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("its manifest is no UTF-8") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popLast() == "", lines.count <= 8 + 64 else {
            throw .malformed("its manifest has no end, or none soon")
        }
        func field(_ name: String) throws(PackageRefusal) -> Substring {
            guard let line = lines.popFirst(), line.hasPrefix(name + ": ") else {
                throw .malformed("its manifest lacks the field \(name) in its place")
            }
            return line.dropFirst(name.utf8.count + 2)
        }
        guard try field("Signet-Package") == "1" else { throw .newerFormat }
        let name = String(try field("Name"))
        let version = PackageVersion(try field("Version"))
        let (org, app) = (OrgID(try field("Source-Org")), AppID(try field("Source-App")))
        let issuer = WebOrigin(String(try field("Issuer")))
        let created = Int64(try field("Created")).flatMap { Self.years.contains($0) ? $0 : nil }
        let keyText = try field("Key")
        let key = Base64URL.decode(String(keyText.dropFirst("ES256 ".utf8.count))).flatMap { PackagePublicKey($0) }
        guard let version, let org, let app, let issuer, let created, let key else {
            throw .malformed("its manifest has a field that means nothing")
        }
        var files: [File] = []
        while !lines.isEmpty {
            let parts = try field("File").split(separator: " ", maxSplits: 2)
            guard parts.count == 3, let size = Int(parts[0]), let digest = Base64URL.decode(String(parts[1])) else {
                throw .malformed("its manifest has a file without size and digest")
            }
            files.append(File(path: String(parts[2]), size: size, digest: digest))
        }
        self.init(
            name: name,
            version: version,
            sourceOrg: org,
            sourceApp: app,
            issuer: issuer.text,
            createdAt: Timestamp(milliseconds: created),
            key: key,
            files: files
        )
        guard self.bytes == bytes else { throw .malformed("its manifest is not in the one form that it may have") }
    }
}
