/// Why a zip archive is not taken.
public enum ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are no zip archive, or a broken one.
    case malformed(String)
    /// The archive itself is larger than allowed.
    case tooLarge(limit: Int)
    /// It has more entries than allowed.
    case tooManyEntries(limit: Int)
    /// Its entries together are larger than allowed when unpacked.
    case unpacksTooLarge(limit: Int)
    /// One entry is larger than allowed when unpacked.
    case entryTooLarge(path: String, limit: Int)
    /// A path is absolute, climbs out of the archive, or has a character that no path needs.
    case unsafePath(String)
    /// Two entries have one path; readers would not agree which counts.
    case duplicatePath(String)
    /// An entry is encrypted, a link or a device, or is packed by another method than Deflate.
    case unsupportedEntry(path: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .malformed(let reason): "The zip file cannot be read: \(reason). Make it anew."
        case .tooLarge(let limit): "The zip file is larger than \(limit) bytes; deploy in parts."
        case .tooManyEntries(let limit): "The zip file has more than \(limit) files; deploy in parts."
        case .unpacksTooLarge(let limit): "The zip file unpacks to more than \(limit) bytes; deploy in parts."
        case .entryTooLarge(let path, let limit): "The file '\(path)' is larger than \(limit) bytes; make it smaller."
        case .unsafePath(let path): "The path '\(path)' of the zip file leads out of it; use plain relative paths."
        case .duplicatePath(let path): "The zip file has '\(path)' twice; keep one."
        case .unsupportedEntry(let path):
            "'\(path)' of the zip file is encrypted, no plain file, or not packed by Deflate; add it as a plain file."
        }
    }
}

/// What an archive may hold at most (facts: app-model 11.5).
public struct ArchiveLimits: Hashable, Sendable {
    /// The size of the archive in bytes.
    public var archiveBytes: Int
    /// The number of entries.
    public var entries: Int
    /// The size of all entries together in bytes, unpacked.
    public var unpackedBytes: Int
    /// The size of one entry in bytes, unpacked.
    public var entryBytes: Int

    /// The limits of the Metadata API: 39 MB packed, 10,000 files, 600 MB unpacked; one document of at most 8 MB.
    public static let metadataAPI = ArchiveLimits(
        archiveBytes: 40_894_464,
        entries: 10_000,
        unpackedBytes: 629_145_600,
        entryBytes: 8_388_608
    )
}

/// One file of an archive.
public struct ArchiveEntry: Hashable, Sendable {
    /// Its path from the root of the archive, with `/` between the parts.
    public let path: String
    /// Its content.
    public let bytes: [UInt8]

    /// A file with its path.
    public init(path: String, bytes: [UInt8]) {
        (self.path, self.bytes) = (path, bytes)
    }
}
