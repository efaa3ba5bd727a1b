import TestInputs
import Testing

@testable import ClientApps

struct RoundTripTests {
    static let texts = [
        "true", "17", "-1", "Text & <b> \"q\" 'r' ]]>", "two\n lines\t\tmore", "carriage\rreturn", "Grüße 🗝",
        "Api, OpenID",
    ]

    static func random<Record: MetadataRecord>(using generator: inout SeededGenerator) throws -> Record {
        try Record.read(XMLNode(name: Record.metadataName, line: 1, children: children(of: Record.self, &generator)))
    }

    private static func children<Record: MetadataRecord>(
        of record: Record.Type,
        _ generator: inout SeededGenerator
    ) -> [XMLNode] {
        var children: [XMLNode] = []
        for field in Record.fields where field.isRequired || Bool.random(using: &generator) {
            for _ in 0..<(field.isList ? Int.random(in: 1...3, using: &generator) : 1) {
                children.append(node(field.name, field.kind, &generator))
            }
        }
        return children
    }

    private static func node(_ name: String, _ kind: MetadataFieldKind, _ generator: inout SeededGenerator) -> XMLNode {
        func text(_ values: [String]) -> XMLNode {
            XMLNode(name: name, line: 1, text: values.randomElement(using: &generator) ?? "")
        }
        switch kind {
        case .text: return text(texts)
        case .flag: return text(["true", "false"])
        case .number: return text(["0", "17", "-1"])
        case .word(let words): return text(words)
        case .record(let record):
            return XMLNode(name: name, line: 1, children: children(of: record, &generator))
        }
    }

    @Test(
        "app-model 1: what is written is read back as the same, for many random documents of each type",
        arguments: 0..<60
    )
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let contents: [MetadataContent] = [
            .externalClientApplication(try Self.random(using: &generator)),
            .globalOAuthSettings(try Self.random(using: &generator)),
            .oauthSettings(try Self.random(using: &generator)),
            .oauthPolicies(try Self.random(using: &generator)), .appPolicies(try Self.random(using: &generator)),
            .samlPolicies(try Self.random(using: &generator)), .mobileSettings(try Self.random(using: &generator)),
            .mobilePolicies(try Self.random(using: &generator)), .pushSettings(try Self.random(using: &generator)),
            .pushPolicies(try Self.random(using: &generator)),
            .notificationSettings(try Self.random(using: &generator)),
            .canvasSettings(try Self.random(using: &generator)),
            .oauthSecuritySettings(try Self.random(using: &generator)),
            .connectedApp(try Self.random(using: &generator)),
            .customScope(try Self.random(using: &generator)), .tokenExchangeHandler(try Self.random(using: &generator)),
            .externalClientAppSettings(try Self.random(using: &generator)),
            .connectedAppSettings(try Self.random(using: &generator)),
            .oauthOIDCSettings(try Self.random(using: &generator)),
            .profile(try Self.random(using: &generator)), .permissionSet(try Self.random(using: &generator)),
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

    @Test("app-model 1: the elements of each type stand in alphabetical order, as documented")
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
