public import ClientApps

/// A package of documents that may be deployed: apps of both kinds with any of their documents, and documents of the org; made up from
/// the fields of each type, and the same for the same seed.
public struct RandomPackage: Sendable {
    /// A profile, a permission set and a user that the org must have, for policies to name.
    public static let (profile, permissionSet, user) = ("Standard User", "Clerks", "dev@acme.example")

    /// The documents, with a manifest that names each type.
    public let files: [SourceFile]

    /// Makes a package up.
    public init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var documents: [(type: MetadataType, name: String, draft: Draft)] = []
        for index in 0..<Int.random(in: 1...3, using: &generator) {
            documents += Self.externalClientApp("App\(seed % 1_000)n\(index)", &generator)
        }
        let orgTypes: [MetadataType] = [
            .connectedApp, .customScope, .tokenExchangeHandler, .externalClientAppSettings, .connectedAppSettings,
            .oauthOIDCSettings, .profile, .permissionSet,
        ]
        for type in orgTypes where type == .externalClientAppSettings || Bool.random(using: &generator) {
            let name = type.settingsName ?? "Own_\(type.rawValue)"
            documents.append((type, name, Self.draft(type, of: name, &generator)))
        }
        var clerks = Draft()
        clerks["label"] = Self.permissionSet
        documents.append((.permissionSet, Self.permissionSet, clerks))
        files = [Self.manifest] + documents.map { Self.file($0.type, $0.name, $0.draft) }
    }

    private static func externalClientApp(
        _ app: String,
        _ generator: inout SeededGenerator
    ) -> [(type: MetadataType, name: String, draft: Draft)] {
        let hasOAuth = !generator.once(in: 5)
        let needsOAuth: Set<MetadataType> = [.oauthPolicies, .pushSettings, .pushPolicies, .notificationSettings]
        var drafts: [String: Draft] = [:]
        var types: [MetadataType] = [.externalClientApplication]
        if hasOAuth { types += [.globalOAuthSettings, .oauthSettings] }
        for type in MetadataType.allCases where type.isSatellite && !types.contains(type) {
            guard hasOAuth || !needsOAuth.contains(type) else { continue }
            if type != .globalOAuthSettings, type != .oauthSettings, Bool.random(using: &generator) {
                types.append(type)
            }
        }
        for type in types { drafts[type.rawValue] = draft(type, of: app, &generator) }
        DraftRules.settle(&drafts, &generator)
        return types.compactMap { type in
            let name = type == .externalClientApplication ? app : "\(app)_\(type.suffix)"
            return drafts[type.rawValue].map { (type, name, $0) }
        }
    }

    private static func draft(_ type: MetadataType, of app: String, _ generator: inout SeededGenerator) -> Draft {
        var maker = DraftMaker(generator: generator, app: app)
        var draft = maker.draft(type.shape)
        generator = maker.generator
        DraftRules.settle(&draft, type.rawValue, &generator)
        return draft
    }

    private static func file(_ type: MetadataType, _ name: String, _ draft: Draft) -> SourceFile {
        let text = "<\(type.rawValue) xmlns=\"\(MetadataDocument.namespace)\">\(draft.xml)</\(type.rawValue)>"
        return SourceFile(path: type.path(of: name), bytes: Array(text.utf8))
    }

    private static let manifest: SourceFile = {
        let types = MetadataType.allCases.filter { $0.settingsName == nil }.map(\.rawValue) + ["Settings"]
        let entries = types.map { "<types><members>*</members><name>\($0)</name></types>" }
        let text =
            "<Package xmlns=\"\(MetadataDocument.namespace)\">\(entries.joined())<version>68.0</version></Package>"
        return SourceFile(path: "package.xml", bytes: Array(text.utf8))
    }()

    /// One document of each type, made up as a package is, for fuzzers to begin with.
    public static func documents(seed: UInt64) -> [(type: MetadataType, bytes: [UInt8])] {
        var generator = SeededGenerator(seed: seed)
        return MetadataType.allCases.map { type in
            (type, file(type, "Own", draft(type, of: "Own", &generator)).bytes)
        }
    }
}
