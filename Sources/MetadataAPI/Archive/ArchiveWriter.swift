internal import CLibZip

/// Writes zip archives. The same files give the same bytes: entries carry no time of day.
public enum ArchiveWriter {
    /// The archive of some files, in their order.
    ///
    /// - Throws: ``ArchiveError`` if libzip refuses.
    public static func archive(_ files: [ArchiveEntry]) throws -> [UInt8] {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let target = zip_source_buffer_create(nil, 0, 0, &error) else { throw failure }
        // Kept over the closing of the archive, to be read afterwards.
        zip_source_keep(target)
        defer { zip_source_free(target) }
        guard let zip = zip_open_from_source(target, ZIP_TRUNCATE, &error) else { throw failure }
        do {
            for file in files { try add(file, to: zip) }
        } catch {
            zip_discard(zip)
            throw error
        }
        guard zip_close(zip) == 0 else {
            zip_discard(zip)
            throw failure
        }
        return try content(of: target)
    }

    private static let failure = ArchiveError.malformed("the archive could not be written")
    /// 1980-01-01, the earliest time that the format knows.
    private static let noTime: Int = 315_532_800

    /// The bytes must live until the archive is closed, so libzip gets a copy of its own to free.
    private static func add(_ file: ArchiveEntry, to zip: OpaquePointer) throws {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, file.bytes.count), alignment: 1)
        copy.copyBytes(from: file.bytes)
        guard let source = zip_source_buffer(zip, copy.baseAddress, UInt64(file.bytes.count), 1) else {
            copy.deallocate()
            throw failure
        }
        let index = zip_file_add(zip, file.path, source, UInt32(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw failure
        }
        guard zip_file_set_mtime(zip, UInt64(index), noTime, 0) == 0 else { throw failure }
    }

    private static func content(of source: OpaquePointer) throws -> [UInt8] {
        var status = zip_stat_t()
        guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else { throw failure }
        defer { zip_source_close(source) }
        var content = [UInt8](repeating: 0, count: Int(status.size))
        guard zip_source_read(source, &content, status.size) == Int64(status.size) else { throw failure }
        return content
    }
}
