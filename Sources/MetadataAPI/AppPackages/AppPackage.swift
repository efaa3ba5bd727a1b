public import ClientApps
import OAuthTypes
import Tokens

/// A package of an app, read and verified: whoever holds one knows that its files are those that its key signed. Whether that key is
/// trusted is another question.
public struct AppPackage: Sendable {
    /// What it says of itself.
    public let manifest: AppPackageManifest
    /// Its name among all packages: the digest of what was signed.
    public let digest: [UInt8]
    /// Header, OAuth settings and the settings of plugins. No global settings, no policies, no secrets.
    public let components: AppComponents
    /// The values that the developer suggests for the policies.
    public let defaults: OAuthPolicies?
    /// The custom scopes that the app names.
    public let customScopes: [OAuthCustomScope]

    /// What stands in a package beside its documents.
    enum Path {
        static let manifest = "package.manifest"
        static let signature = "package.signature"
        static let contents = "package.xml"
        static let defaults = "defaults/policies.ecaOauthPlcy"
    }

    /// A package is small: documents of one app.
    static let limits = ArchiveLimits(
        archiveBytes: 1_048_576,
        entries: 64,
        unpackedBytes: 4_194_304,
        entryBytes: SourceFile.maximumBytes
    )

    /// Reads a package, and refuses one that is not what was signed.
    ///
    /// - Throws: ``PackageRefusal``, ``ArchiveError``, or the `MetadataError` of a document.
    public init(reading archive: [UInt8]) throws {
        let files = try ArchiveReader(limits: AppPackage.limits).files(of: archive)
        guard let text = files.first(where: { $0.path == Path.manifest }) else {
            throw PackageRefusal.malformed("it has no \(Path.manifest)")
        }
        let manifest = try AppPackageManifest(parsing: text.bytes)
        guard let signature = files.first(where: { $0.path == Path.signature }) else { throw PackageRefusal.unsigned }
        let raw = Base64URL.decode(String(decoding: signature.bytes, as: UTF8.self).filter { !$0.isNewline }) ?? []
        guard manifest.key.verifies(raw, of: manifest.signedBytes) else {
            throw PackageRefusal.tampered("its signature is not of its manifest")
        }
        let listed = files.filter { ![Path.manifest, Path.signature].contains($0.path) }
        try AppPackage.require(listed, as: manifest.files)
        self.manifest = manifest
        digest = TokenDigest.sha256(manifest.signedBytes)
        (components, defaults, customScopes) = try PackageContents.read(listed, name: manifest.name)
    }

    /// Requires that files are those of the manifest, all of them and no other.
    private static func require(_ files: [ArchiveEntry], as listed: [AppPackageManifest.File]) throws(PackageRefusal) {
        let found = files.map { AppPackageManifest.File($0) }
        for file in found where !listed.contains(file) {
            let isKnown = listed.contains { $0.path == file.path }
            throw .tampered(isKnown ? "'\(file.path)' is not what was signed" : "'\(file.path)' was added")
        }
        for file in listed where !found.contains(file) { throw .tampered("'\(file.path)' is missing") }
    }

    /// The archive of a package.
    ///
    /// - Throws: ``ArchiveError``, or what signing throws.
    static func archive(
        _ files: [ArchiveEntry],
        _ manifest: (_ files: [AppPackageManifest.File]) -> AppPackageManifest,
        signedWith key: PackageKey
    ) throws -> (bytes: [UInt8], manifest: AppPackageManifest) {
        let made = manifest(files.map { AppPackageManifest.File($0) })
        let signature = Base64URL.encode(try key.signature(of: made.signedBytes)) + "\n"
        let own = [
            ArchiveEntry(path: Path.manifest, bytes: made.bytes),
            ArchiveEntry(path: Path.signature, bytes: Array(signature.utf8)),
        ]
        return (try ArchiveWriter.archive(own + files), made)
    }
}
