internal import CLibZip

/// Reads zip archives that strangers send: nothing is believed but what was unpacked and counted.
///
/// One entry is in memory at a time beside the archive itself, so memory is bounded by the limits of both.
public struct ArchiveReader {
    private let limits: ArchiveLimits

    /// A reader with limits.
    public init(limits: ArchiveLimits = .metadataAPI) {
        self.limits = limits
    }

    /// Hands each file to a closure, in the order of the archive; folders are passed over.
    ///
    /// All paths are looked at before the first file is unpacked.
    ///
    /// - Throws: ``ArchiveError``, or what the closure throws.
    public func forEachFile(of archive: [UInt8], _ body: (ArchiveEntry) throws -> Void) throws {
        guard archive.count <= limits.archiveBytes else { throw ArchiveError.tooLarge(limit: limits.archiveBytes) }
        // libzip takes no bytes at all for an archive without entries.
        guard archive.starts(with: Array("PK".utf8)) else { throw ArchiveError.malformed("it is no zip file") }
        try archive.withUnsafeBytes { bytes in
            let zip = try OpenArchive(reading: bytes)
            defer { zip.close() }
            let files = try files(of: zip)
            var left = limits.unpackedBytes
            for file in files {
                let content = try zip.content(of: file, limit: min(left, limits.entryBytes), limits)
                left -= content.count
                try body(ArchiveEntry(path: file.path, bytes: content))
            }
        }
    }

    /// The files of an archive, all of them in memory.
    ///
    /// - Throws: ``ArchiveError``.
    public func files(of archive: [UInt8]) throws -> [ArchiveEntry] {
        var files: [ArchiveEntry] = []
        try forEachFile(of: archive) { files.append($0) }
        return files
    }

    private func files(of zip: OpenArchive) throws -> [OpenArchive.File] {
        guard zip.count <= limits.entries else { throw ArchiveError.tooManyEntries(limit: limits.entries) }
        var seen: Set<String> = []
        var files: [OpenArchive.File] = []
        for index in 0..<zip.count {
            let file = try zip.file(at: index)
            let isFolder = file.path.hasSuffix("/")
            guard ArchivePath.isSafe(isFolder ? String(file.path.dropLast()) : file.path) else {
                throw ArchiveError.unsafePath(file.path)
            }
            guard seen.insert(file.path.lowercased()).inserted else { throw ArchiveError.duplicatePath(file.path) }
            if !isFolder { files.append(file) }
        }
        return files
    }
}

/// What a path inside an archive may look like.
enum ArchivePath {
    /// Relative, of plain parts: none empty, `.` or `..`; no backslash, colon or control character.
    static func isSafe(_ path: String) -> Bool {
        guard (1...1_024).contains(path.utf8.count) else { return false }
        let hasPlainCharacters = path.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "\\" && scalar != ":"
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return hasPlainCharacters && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}

/// An archive that libzip has open. Not for use in two threads; closed by its reader before the bytes go.
private struct OpenArchive {
    /// An entry as the archive's directory describes it.
    struct File {
        let index: UInt64
        let path: String
    }

    private let handle: OpaquePointer
    let count: Int

    init(reading bytes: UnsafeRawBufferPointer) throws {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
            throw ArchiveError.malformed(OpenArchive.text(&error))
        }
        guard let opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) else {
            zip_source_free(source)
            throw ArchiveError.malformed(OpenArchive.text(&error))
        }
        handle = opened
        count = Int(max(0, zip_get_num_entries(opened, 0)))
    }

    func close() {
        zip_discard(handle)
    }

    func file(at index: Int) throws -> File {
        let index = UInt64(index)
        var status = zip_stat_t()
        guard zip_stat_index(handle, index, UInt32(ZIP_FL_ENC_RAW), &status) == 0, let name = status.name else {
            throw failure
        }
        guard let path = String(validatingCString: name) else { throw ArchiveError.unsafePath("(not UTF-8)") }
        // Other methods have other parsers, which depend on how libzip was built; no client uses them.
        guard [UInt16(ZIP_CM_STORE), UInt16(ZIP_CM_DEFLATE)].contains(status.comp_method) else {
            throw ArchiveError.unsupportedEntry(path: path)
        }
        guard isPlain(index), status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) == 0 || status.encryption_method == 0
        else { throw ArchiveError.unsupportedEntry(path: path) }
        return File(index: index, path: path)
    }

    /// Whether an entry is a file or a folder: on Unix the mode says so, elsewhere there is nothing else.
    private func isPlain(_ index: UInt64) -> Bool {
        var system: UInt8 = 0
        var attributes: UInt32 = 0
        guard zip_file_get_external_attributes(handle, index, 0, &system, &attributes) == 0 else { return false }
        guard system == UInt8(ZIP_OPSYS_UNIX) else { return true }
        let kind = attributes >> 16 & 0o170000
        return kind == 0 || kind == 0o100000 || kind == 0o040000
    }

    /// Unpacks a file and counts as it goes, whatever size the directory claims.
    func content(of file: File, limit: Int, _ limits: ArchiveLimits) throws -> [UInt8] {
        guard let opened = zip_fopen_index(handle, file.index, 0) else { throw failure }
        defer { zip_fclose(opened) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = zip_fread(opened, &chunk, UInt64(chunk.count))
            guard count >= 0 else { throw failure }
            if count == 0 { return content }
            guard content.count + Int(count) <= limit else {
                throw limit < limits.entryBytes
                    ? ArchiveError.unpacksTooLarge(limit: limits.unpackedBytes)
                    : ArchiveError.entryTooLarge(path: file.path, limit: limits.entryBytes)
            }
            content.append(contentsOf: chunk[..<Int(count)])
        }
    }

    private var failure: ArchiveError {
        guard let error = zip_get_error(handle) else { return .malformed("unknown error") }
        return .malformed(OpenArchive.text(error))
    }

    private static func text(_ error: UnsafeMutablePointer<zip_error_t>) -> String {
        zip_error_strerror(error).map { String(cString: $0) } ?? "unknown error"
    }
}
