import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What is bound to an org in documents that come to another one.
@Suite("Documents of another org")
struct OrgBindingTests {
    private static let types = PackageMother.appTypes.map { ($0, ["*"]) } + [("ConnectedApp", ["*"])]

    private static func notes(_ result: DeployResult) -> [String] {
        result.messages.compactMap(\.problem)
    }

    private static func key(_ name: String, _ place: MetadataPlace) async throws -> String? {
        let org = place.org.id
        return try await place.database.read { connection in
            try AppRecords.find(developerName: name, org: org, on: connection)?.consumers.first?.key
        }
    }

    @Test(
        "issue 3.4, app-model 12: a retrieved app deploys into another org of the server, again and again, with a key of its own, which is said",
        arguments: TestDatabase.available
    )
    func sameServer(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let legacy = PackageMother.connectedApp()
            let first = try await place.deploy(
                [PackageMother.manifest(Self.types)] + PackageMother.app() + [legacy]
            )
            #expect(first.record.status == .succeeded, "\(Self.notes(first))")
            let files = try await place.files(Self.types).map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
            let other = try await place.beside(allowsConnectedApps: true)
            for _ in 0..<2 {
                let result = try await other.deploy(files)
                #expect(result.record.status == .succeeded, "\(Self.notes(result))")
                #expect(Self.notes(result).count { $0.contains("in another org of this server") } == 2)
            }
            for name in ["Orders", "Legacy"] {
                let (own, others) = (try await Self.key(name, place), try await Self.key(name, other))
                #expect(own != nil && others != nil && own != others, "\(name)")
            }
        }
    }

    @Test(
        "app-model 11.6: a key that the org has itself, and one that comes with its secret, is refused as in use",
        arguments: TestDatabase.available
    )
    func keyInUse(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package(global: [("consumerKey", "3MVG9taken.key")]))
            let own = try await place.deploy(PackageMother.package("More", global: [("consumerKey", "3MVG9taken.key")]))
            #expect(own.record.status == .failed && Self.notes(own).contains { $0.contains("already in use") })
            let other = try await place.beside()
            let pair = [("consumerKey", "3MVG9taken.key"), ("consumerSecret", String(repeating: "Ab3", count: 12))]
            let refused = try await other.deploy(PackageMother.package(global: pair))
            #expect(refused.record.status == .failed && Self.notes(refused).contains { $0.contains("already in use") })
        }
    }

    @Test(
        "app-model 1.2 and 1.4: links to another org are left out, and that is said; a wrong link of this org is refused"
    )
    func links() async throws {
        try await MetadataPlace.run(on: .sqlite) { place in
            func package(_ header: String, _ link: String) -> [SourceFile] {
                PackageMother.package().map { file in
                    let text = String(decoding: file.bytes, as: UTF8.self)
                        .replacing("<label>", with: "<orgScopedExternalApp>\(header)</orgScopedExternalApp><label>")
                        .replacing(
                            "</ExtlClntAppOauthSettings>",
                            with: "<oauthLink>\(link)</oauthLink></ExtlClntAppOauthSettings>"
                        )
                    let isHeader = file.path.hasSuffix(".eca") || file.path.hasSuffix(".ecaOauth")
                    return isHeader ? SourceFile(path: file.path, bytes: Array(text.utf8)) : file
                }
            }
            let foreign = "00DSG000009FYVd"
            let result = try await place.deploy(package("\(foreign):Orders", "\(foreign):888SG000009FYVd"))
            #expect(result.record.status == .succeeded, "\(Self.notes(result))")
            #expect(Self.notes(result).count { $0.contains("another org") } == 2, "\(Self.notes(result))")
            let files = try await place.files(PackageMother.appTypes.map { ($0, ["*"]) })
            #expect(!files.values.contains { $0.contains(foreign) })

            let own = place.org.id.rawValue
            let wrong = try await place.deploy(package("\(own):Orders", "\(own):888SG000009FYVd"))
            #expect(wrong.record.status == .failed)
            #expect(Self.notes(wrong).contains { $0.contains("names no consumer of the app") }, "\(Self.notes(wrong))")
            let org = place.org.id
            let consumer = try await place.database.read { connection in
                try AppRecords.find(developerName: "Orders", org: org, on: connection)?.consumers.first?.id.rawValue
            }
            let right = try await place.deploy(package("\(own):Orders", "\(own):\(try #require(consumer))"))
            #expect(right.record.status == .succeeded, "\(Self.notes(right))")
        }
    }
}
