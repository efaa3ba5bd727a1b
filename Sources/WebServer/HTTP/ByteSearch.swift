#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds bytes in bytes by the C library: a body has tens of millions.
enum ByteSearch {
    /// Where a pattern first stands at or behind an offset.
    static func first(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from offset: Int = 0) -> Int? {
        guard let base = bytes.baseAddress, let first = pattern.first else { return nil }
        var offset = offset
        while offset + pattern.count <= bytes.count {
            let room = bytes.count - offset - pattern.count + 1
            guard let found = memchr(base + offset, Int32(first), room) else { return nil }
            offset = base.distance(to: UnsafeRawPointer(found))
            if memcmp(base + offset, pattern, pattern.count) == 0 { return offset }
            offset += 1
        }
        return nil
    }
}
