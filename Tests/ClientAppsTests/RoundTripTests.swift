import Testing

@testable import ClientApps

/// SplitMix64, so that a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct RoundTripTests {
    static let texts =
        [
            "", "true", "false", "17", "-1", "Text & <b> \"q\" 'r' ]]>", " two\nlines\t ", "carriage\rreturn",
            "Grüße 🗝", "Api, OpenID",
        ]
        + PermittedUsersPolicyType.allCases.map(\.rawValue) + RefreshTokenPolicyType.allCases.map(\.rawValue)
        + ValidityUnit.allCases.map(\.rawValue) + IPRelaxation.allCases.map(\.rawValue)
        + SessionSecurityLevel.allCases.map(\.rawValue) + PolicyAction.allCases.map(\.rawValue)
        + JWTSessionTimeoutType.allCases.map(\.rawValue) + DistributionState.allCases.map(\.rawValue)
        + StartPage.allCases.map(\.rawValue)

    static func random<Record: MetadataRecord>(using generator: inout SeededGenerator) -> Record {
        var record = Record()
        for field in Record.fields where field.isRequired || Bool.random(using: &generator) {
            for text in texts.shuffled(using: &generator) {
                let children = ["formula", "key"].map { XMLNode(name: $0, line: 1, text: "x" + text) }
                let ends = ["startIpAddress", "endIpAddress"].map { XMLNode(name: $0, line: 1, text: "10.0.0.1") }
                let nodes = [
                    XMLNode(name: field.name, line: 1, text: text),
                    XMLNode(name: field.name, line: 1, children: children),
                    XMLNode(name: field.name, line: 1, children: ends),
                ]
                let isTaken = nodes.contains { node in
                    do { try field.read(&record, node) } catch { return false }
                    return true
                }
                if isTaken { break }
            }
        }
        return record
    }

    @Test(
        "Metadata: what is written is read back as the same, for many random documents of each type",
        arguments: 0..<60
    )
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let contents: [MetadataContent] = [
            .externalClientApplication(Self.random(using: &generator)),
            .globalOAuthSettings(Self.random(using: &generator)), .oauthSettings(Self.random(using: &generator)),
            .oauthPolicies(Self.random(using: &generator)), .appPolicies(Self.random(using: &generator)),
            .samlPolicies(Self.random(using: &generator)), .mobileSettings(Self.random(using: &generator)),
            .mobilePolicies(Self.random(using: &generator)), .pushSettings(Self.random(using: &generator)),
            .pushPolicies(Self.random(using: &generator)), .notificationSettings(Self.random(using: &generator)),
            .canvasSettings(Self.random(using: &generator)), .connectedApp(Self.random(using: &generator)),
            .customScope(Self.random(using: &generator)), .tokenExchangeHandler(Self.random(using: &generator)),
            .externalClientAppSettings(Self.random(using: &generator)),
            .connectedAppSettings(Self.random(using: &generator)), .oauthOIDCSettings(Self.random(using: &generator)),
            .profile(Self.random(using: &generator)), .permissionSet(Self.random(using: &generator)),
        ]
        #expect(contents.map(\.type) == MetadataType.allCases)
        for content in contents {
            let component = MetadataComponent(fullName: content.type.settingsName ?? "A", content: content)
            let path = component.type.path(of: component.fullName)
            for suffix in ["", "-meta.xml"] {
                let file = SourceFile(path: "force-app/" + path + suffix, bytes: MetadataDocument.xml(component))
                #expect(try MetadataDocument.parse(file: file) == component)
            }
        }
    }

    @Test("Metadata: the elements of each type stand in alphabetical order, as documented")
    func order() {
        func isSorted(_ names: [String]) -> Bool {
            names.map { $0.lowercased() } == names.map { $0.lowercased() }.sorted()
        }
        #expect(isSorted(ExternalClientApplication.fields.map(\.name)))
        #expect(isSorted(GlobalOAuthSettings.fields.map(\.name)))
        #expect(isSorted(OAuthSettings.fields.map(\.name)))
        #expect(isSorted(OAuthPolicies.fields.map(\.name)))
        #expect(isSorted(AppPolicies.fields.map(\.name)))
    }
}
