import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestInputs
import TestSupport
import Testing

/// What holds for any package, tried with packages that are made up from the fields of the types. The seed is the test's argument:
/// `SIGNET_PROPERTY_SEEDS=41..<42` tries one again, `0..<5000` many.
@Suite("Retrieval: any package")
struct RetrievalIdentityTests {
    private static let seeds: [UInt64] = {
        let given = ProcessInfo.processInfo.environment["SIGNET_PROPERTY_SEEDS"] ?? ""
        let ends = given.split(separator: "..<").compactMap { UInt64($0) }
        return Array(ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : 0..<10)
    }()

    private static let types =
        MetadataType.allCases.filter { $0.settingsName == nil }.map { ($0.rawValue, ["*"]) } + [("Settings", ["*"])]

    /// The documents of the org, as they are retrieved.
    private static func retrieved(_ place: MetadataPlace) async throws -> [SourceFile] {
        let archive = try #require(try await place.retrieve(types).archive)
        return try ArchiveReader().files(of: archive).map { SourceFile(path: $0.path, bytes: $0.bytes) }
    }

    /// What differs between two lists of files, for a message.
    private static func difference(_ left: [SourceFile], _ right: [SourceFile]) -> String {
        let paths = Set(left.map(\.path)).symmetricDifference(right.map(\.path))
        let changed = left.filter { file in right.contains { $0.path == file.path && $0.bytes != file.bytes } }
        let texts = changed.flatMap { file in
            [file] + right.filter { $0.path == file.path }
        }.map { String(decoding: $0.bytes, as: UTF8.self) }
        return "\(paths.sorted()) \(texts.joined(separator: "\n"))"
    }

    @Test(
        "app-model 11.2: any package that was deployed is retrieved, deployed into an org of another server, and retrieved as the same",
        arguments: seeds
    )
    func anotherOrg(seed: UInt64) async throws {
        // Whoever may not see secrets retrieves them sealed, for the same app alone.
        let rights = MetadataPlace.allRights.union([.viewSecretsInMetadata])
        try await MetadataPlace.run(on: .sqlite, rights: rights, allowsConnectedApps: true) { place in
            let deployed = try await place.deploy(RandomPackage(seed: seed).files)
            #expect(deployed.record.status == .succeeded, "\(deployed.failures.compactMap(\.problem))")
            let first = try await Self.retrieved(place)
            let other: TestDatabase = seed % 5 == 0 ? TestDatabase.available.last ?? .sqlite : .sqlite
            try await MetadataPlace.run(on: other, rights: rights, allowsConnectedApps: true) { other in
                let again = try await other.deploy(first)
                #expect(again.record.status == .succeeded, "\(again.failures.compactMap(\.problem))")
                let second = try await Self.retrieved(other)
                #expect(first == second, "\(Self.difference(first, second))")
            }
        }
    }

    @Test(
        "app-model 11.2: any package that was retrieved changes nothing where it came from: no document, no memory of a node, no line in the audit trail",
        arguments: seeds
    )
    func sameOrg(seed: UInt64) async throws {
        let driver: TestDatabase = seed % 5 == 1 ? TestDatabase.available.last ?? .sqlite : .sqlite
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let deployed = try await place.deploy(RandomPackage(seed: seed).files)
            #expect(deployed.record.status == .succeeded, "\(deployed.failures.compactMap(\.problem))")
            let files = try await Self.retrieved(place)
            let (version, lines) = (try await place.directoryVersion, try await place.audit)
            let again = try await place.deploy(files)
            #expect(again.record.status == .succeeded, "\(again.failures.compactMap(\.problem))")
            #expect(again.successes.filter { $0.changed || $0.created || $0.deleted }.map(\.fullName) == [])
            #expect(try await place.directoryVersion == version)
            #expect(try await place.audit == lines)
            let unchanged = try await Self.retrieved(place)
            #expect(files == unchanged, "\(Self.difference(files, unchanged))")
        }
    }
}
