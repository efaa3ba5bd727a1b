import ClientApps
import Foundation
import MetadataAPI
import Storage
import TestSupport
import Testing

/// `Tests/Projects/every-field` has one document of each type, written by hand from the original's description of its fields.
@Suite("Every field of every type")
struct EveryFieldTests {
    /// The documents by their paths.
    private static func documents() throws -> [String: String] {
        let root =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            + "/Projects/every-field"
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.contains(".") }
        return Dictionary(
            uniqueKeysWithValues: try paths.map { ($0, try String(contentsOfFile: root + "/" + $0, encoding: .utf8)) }
        )
    }

    private static let types = [
        "ConnectedApp", "ExternalClientApplication", "ExtlClntAppCanvasSettings", "ExtlClntAppConfigurablePolicies",
        "ExtlClntAppGlobalOauthSettings", "ExtlClntAppMobileConfigurablePolicies", "ExtlClntAppMobileSettings",
        "ExtlClntAppNotificationSettings", "ExtlClntAppOauthConfigurablePolicies", "ExtlClntAppOauthSettings",
        "ExtlClntAppPushConfigurablePolicies", "ExtlClntAppPushSettings", "ExtlClntAppSamlConfigurablePolicies",
        "OauthCustomScope", "OauthTokenExchangeHandler", "Settings",
    ]

    @Test(
        "app-model 1.2 to 1.10 and 2: a document of each type with every field is retrieved to the letter, whatever the order in which it was written",
        arguments: TestDatabase.available,
        [false, true]
    )
    func everyField(driver: TestDatabase, isReversed: Bool) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let documents = try Self.documents()
            let set = PackageMother.document("permissionsets/Clerks.permissionset", "PermissionSet", [("label", "C")])
            let given = documents.map { path, text in
                SourceFile(path: path, bytes: Array((isReversed ? Self.reversed(text) : text).utf8))
            }
            let manifest = PackageMother.manifest((Self.types + ["PermissionSet"]).map { ($0, ["*"]) })
            let result = try await place.deploy([manifest, set] + given)
            #expect(
                result.record.status == .succeeded,
                "\(result.failures.map { "\($0.fileName): \($0.problem ?? "")" })"
            )
            let retrieved = try await place.files(Self.types.map { ($0, ["*"]) })
            for (path, text) in documents { #expect(retrieved[path] == text, "\(path)") }
            let own = retrieved.keys.filter { !$0.contains("/SignetCLI") }
            #expect(Set(own) == Set(documents.keys).union(["package.xml"]))
        }
    }

    /// The elements of a document in the opposite order; those of one name stay in theirs, which means something.
    private static func reversed(_ text: String) -> String {
        var (head, elements, tail): ([Substring], [[Substring]], [Substring]) = ([], [], [])
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("    <"), !line.hasPrefix("    </") {
                let name = line.prefix { $0 != ">" }
                if elements.last?.first?.hasPrefix(name + ">") == true {
                    elements[elements.count - 1].append(line)
                } else {
                    elements.append([line])
                }
            } else if elements.isEmpty {
                head.append(line)
            } else if line.hasPrefix("</") || !tail.isEmpty {
                tail.append(line)
            } else {
                elements[elements.count - 1].append(line)
            }
        }
        return (head + elements.reversed().flatMap { $0 } + tail).joined(separator: "\n")
    }
}
