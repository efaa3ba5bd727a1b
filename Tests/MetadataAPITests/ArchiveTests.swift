import Foundation
import MetadataAPI
import Testing

@Suite("Archives")
struct ArchiveTests {
    private static let files = [
        ArchiveEntry(path: "package.xml", bytes: Array("<Package/>".utf8)),
        ArchiveEntry(path: "aa/b.txt", bytes: Array(repeating: 0x41, count: 100_000)),
        ArchiveEntry(path: "aa/empty", bytes: []),
    ]

    /// Where a header of the central directory starts.
    private static func centralHeader(_ archive: [UInt8], _ number: Int) throws -> Int {
        let starts = archive.indices.filter { archive[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
        return try #require(starts.dropFirst(number).first)
    }

    private func refusal(_ archive: [UInt8], limits: ArchiveLimits = .metadataAPI) -> ArchiveError? {
        do {
            _ = try ArchiveReader(limits: limits).files(of: archive)
            return nil
        } catch { return error as? ArchiveError }
    }

    @Test("app-model 11.2: what is written is read again, and the same files give the same bytes")
    func roundTrip() throws {
        let archive = try ArchiveWriter.archive(Self.files)
        #expect(archive.starts(with: [0x50, 0x4B, 3, 4]))
        #expect(try ArchiveReader().files(of: archive) == Self.files)
        #expect(try ArchiveWriter.archive(Self.files) == archive)
    }

    @Test(
        "security 1.16: a path that leads out of an archive is refused before anything is unpacked",
        arguments: ["../b.txt", "/aab.txt", "aa\\b.txt", "a/../b.t", "aa//.txt", "./aa.txt", "C:/b.txt"]
    )
    func unsafePaths(_ path: String) throws {
        let archive = try ArchiveWriter.archive(Self.files).replacing("aa/b.txt".utf8, with: path.utf8)
        var unpacked = 0
        #expect(throws: ArchiveError.unsafePath(path)) {
            try ArchiveReader().forEachFile(of: archive) { _ in unpacked += 1 }
        }
        #expect(unpacked == 0)
    }

    @Test("security 1.16: one path twice, in any case, is refused")
    func duplicates() throws {
        let archive = try ArchiveWriter.archive(Self.files)
        #expect(refusal(archive.replacing("aa/empty".utf8, with: "aa/B.txt".utf8)) == .duplicatePath("aa/B.txt"))
    }

    @Test("security 1.16: links and encrypted entries are refused")
    func unsupported() throws {
        var link = try ArchiveWriter.archive(Self.files)
        let start = try Self.centralHeader(link, 0)
        link[start + 5] = 3
        link[start + 41] = 0xA1
        #expect(refusal(link) == .unsupportedEntry(path: "package.xml"))
        var encrypted = try ArchiveWriter.archive(Self.files)
        encrypted[try Self.centralHeader(encrypted, 0) + 8] |= 1
        #expect(refusal(encrypted) != nil)
    }

    @Test("app-model 11.5: each limit is counted, whatever the archive says of itself")
    func limits() throws {
        let archive = try ArchiveWriter.archive(Self.files)
        var limits = ArchiveLimits.metadataAPI
        limits.archiveBytes = archive.count - 1
        #expect(refusal(archive, limits: limits) == .tooLarge(limit: archive.count - 1))
        limits = .metadataAPI
        limits.entries = 2
        #expect(refusal(archive, limits: limits) == .tooManyEntries(limit: 2))
        limits = .metadataAPI
        limits.entryBytes = 99_999
        #expect(refusal(archive, limits: limits) == .entryTooLarge(path: "aa/b.txt", limit: 99_999))
        limits = .metadataAPI
        limits.unpackedBytes = 100_009
        #expect(refusal(archive, limits: limits) == .unpacksTooLarge(limit: 100_009))
    }

    @Test("security 1.16: a lie about the size of an entry does not get past the limits")
    func lyingSize() throws {
        var archive = try ArchiveWriter.archive(Self.files)
        let start = try Self.centralHeader(archive, 1)
        archive.replaceSubrange((start + 24)..<(start + 28), with: [10, 0, 0, 0])
        var limits = ArchiveLimits.metadataAPI
        limits.entryBytes = 50_000
        #expect(refusal(archive, limits: limits) != nil)
    }

    @Test("security 1.16: what is no archive is refused", arguments: ["", "P", "PK", "hello", "<Package/>"])
    func noArchive(_ text: String) {
        #expect(refusal(Array(text.utf8)) != nil)
    }

    @Test(
        "security 1.16: broken archives of any kind are refused, or read as what was packed, and never trap",
        arguments: 0..<200
    )
    func broken(_ seed: Int) throws {
        let archive = try ArchiveWriter.archive(Self.files)
        var broken = archive
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0...(seed % 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            broken[Int(state % UInt64(broken.count))] = UInt8(truncatingIfNeeded: state >> 32)
        }
        if seed % 3 == 0 { broken.removeLast(Int(state >> 8 % 64) % broken.count) }
        if let files = try? ArchiveReader().files(of: broken) {
            #expect(files == Self.files)
        }
    }

    @Test(
        "security class 16: an entry is stored or packed by Deflate; what other methods libzip was built with is nobody's business"
    )
    func methods() throws {
        let bzip2 =
            "UEsDBC4AAAAMAAAAIQBghY85JwAAAB4AAAALAAAAcGFja2FnZS54bWxCWmg5MUFZJlNZC4ldHgAAAiCAABAAQCAAIQCCCxdyRThQkAuJXR5QSwECLgMuAAAADAAAACEAYIWPOScAAAAeAAAACwAAAAAAAAAAAAAAgAEAAAAAcGFja2FnZS54bWxQSwUGAAAAAAEAAQA5AAAAUAAAAAAA"
        let archive = Array(try #require(Data(base64Encoded: bzip2)))
        #expect(refusal(archive) == .unsupportedEntry(path: "package.xml"))
    }
}
