import ClientApps
public import OAuthTypes
import Orgs

/// How much is tested; there is no Apex here, so nothing ever is (facts: app-model 11.3).
public enum TestLevel: String, Hashable, Sendable, CaseIterable {
    case noTestRun = "NoTestRun"
    case runSpecifiedTests = "RunSpecifiedTests"
    case runLocalTests = "RunLocalTests"
    case runAllTestsInOrg = "RunAllTestsInOrg"
}

/// How a deployment is done (facts: app-model 11.3).
public struct DeployOptions: Hashable, Sendable {
    /// Whether a component of the manifest may be missing in the archive; not for production.
    public var allowMissingFiles = false
    /// Reserved by the original; kept and returned.
    public var autoUpdatePackage = false
    /// Whether nothing is kept of it: a validation.
    public var checkOnly = false
    /// Whether a warning lets its component pass.
    public var ignoreWarnings = false
    /// Reserved by the original; kept and returned.
    public var performRetrieve = false
    /// Whether what is deleted leaves no trace; it never leaves one here.
    public var purgeOnDelete = false
    /// Whether one error takes everything back; must be so in production.
    public var rollbackOnError = true
    /// Whether the archive has one package, at its root.
    public var singlePackage = false
    /// How much is tested.
    public var testLevel: TestLevel?
    /// Which tests are run.
    public var runTests: [String] = []

    /// The defaults.
    public init() {}

    /// Requires options that the edition of an org takes: all but Developer Edition are for production.
    ///
    /// - Throws: ``MetadataFault``.
    func require(_ edition: Edition) throws(MetadataFault) {
        guard edition != .developer else { return }
        if allowMissingFiles || autoUpdatePackage {
            throw MetadataFault(
                .invalidOperation,
                "\(allowMissingFiles ? "allowMissingFiles" : "autoUpdatePackage") is not for production orgs; set it to false."
            )
        }
        if !rollbackOnError {
            throw MetadataFault(.invalidOperation, "rollbackOnError must be true in a production org.")
        }
    }
}

/// As JSON: what clients send by REST, and what is kept of a deployment.
extension DeployOptions {
    private static let flags: [(name: StaticString, path: any WritableKeyPath<DeployOptions, Bool> & Sendable)] = [
        ("allowMissingFiles", \.allowMissingFiles), ("autoUpdatePackage", \.autoUpdatePackage),
        ("checkOnly", \.checkOnly), ("ignoreWarnings", \.ignoreWarnings), ("performRetrieve", \.performRetrieve),
        ("purgeOnDelete", \.purgeOnDelete), ("rollbackOnError", \.rollbackOnError),
        ("singlePackage", \.singlePackage),
    ]

    /// Reads named values, as an encoding found them: a text or nothing for each. Booleans may be in any case, what is null or empty is
    /// left at its default, and names that are not known are passed over, as clients send some (facts: clients 5).
    ///
    /// - Throws: ``MetadataFault`` for a value that means nothing.
    public init(_ value: (String) -> String?, runTests: [String]) throws(MetadataFault) {
        self.init()
        for (name, path) in Self.flags {
            guard let text = value("\(name)")?.lowercased(), !text.isEmpty else { continue }
            guard let flag = ["true": true, "1": true, "false": false, "0": false][text] else {
                throw MetadataFault(.invalidField, "\(name) must be true or false.")
            }
            self[keyPath: path] = flag
        }
        if let text = value("testLevel"), !text.isEmpty {
            guard let level = TestLevel.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
                let levels = TestLevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw MetadataFault(.invalidField, "testLevel must be one of \(levels).")
            }
            testLevel = level
        }
        guard runTests.count <= 1_000, runTests.allSatisfy({ $0.utf8.count <= 40 }) else {
            throw MetadataFault(.limitExceeded, "runTests names more than 1,000 tests, or one of more than 40 bytes.")
        }
        guard runTests.allSatisfy({ PlainText.isPlain($0) }) else {
            throw MetadataFault(.invalidField, "runTests names a test with characters that are not seen.")
        }
        self.runTests = runTests
    }

    /// Reads `deployOptions` of JSON, whose booleans may be strings and whose members may be null.
    ///
    /// - Throws: ``MetadataFault``, also for a value of another kind: taken for none, it would make a deployment of a validation.
    public init(_ json: JSONObject) throws(MetadataFault) {
        var texts: [String: String] = [:]
        for member in json.members {
            switch member.value {
            case .null: continue
            case .string(let text): texts[member.name] = text
            case .bool(let flag): texts[member.name] = "\(flag)"
            default:
                guard !Self.flags.contains(where: { "\($0.name)" == member.name }), member.name != "testLevel" else {
                    let kind = member.name == "testLevel" ? "a string" : "true or false"
                    throw MetadataFault(.invalidField, "\(member.name) must be \(kind).")
                }
            }
        }
        var tests: [String] = []
        if let value = json["runTests"], value != .null {
            let names = value.array?.map(\.string)
            guard let names, names.allSatisfy({ $0 != nil }) else {
                throw MetadataFault(.invalidField, "runTests must be a list of strings.")
            }
            tests = names.compactMap(\.self)
        }
        try self.init({ texts[$0] }, runTests: tests)
    }

    /// Writes the members of `deployOptions`.
    public func write(into json: inout JSONWriter) {
        for (name, path) in Self.flags { json.member(name, self[keyPath: path]) }
        json.array("runTests", of: runTests)
        json.member("testLevel", ifPresent: testLevel?.rawValue)
    }
}
