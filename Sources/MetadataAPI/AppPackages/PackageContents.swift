import ClientApps
import OAuthTypes

/// Which documents travel in a package, and what in them does not (facts: app-model 6.1).
enum PackageContents {
    /// Header, OAuth settings, and the settings of plugins, beside which the custom scopes travel; what the admin owns and what has secrets stays at home.
    static let types: [MetadataType] = [
        .externalClientApplication, .oauthSettings, .mobileSettings, .pushSettings, .notificationSettings,
        .canvasSettings,
    ]

    /// The files of an app's package.
    ///
    /// - Parameters:
    ///   - link: `ORG-ID:CONSUMER-ID` of the org that keeps the global settings.
    ///   - scopedName: `ORG-ID:NAME` of the app at home.
    /// - Throws: ``PackageRefusal``.
    static func files(
        of app: AppComponents,
        link: String,
        scopedName: String,
        defaults: OAuthPolicies?,
        customScopes: [OAuthCustomScope]
    ) throws(PackageRefusal) -> [ArchiveEntry] {
        var packed = app
        packed.header?.orgScopedExternalApp = scopedName
        packed.oauth?.record.oauthLink = link
        let documents =
            packed.documents.filter { types.contains($0.type) } + customScopes.map(PackagedScopes.document)
        for document in documents { try requireNoSecret(document.content) }
        var files = documents.map {
            ArchiveEntry(path: $0.type.path(of: $0.fullName), bytes: MetadataDocument.xml($0))
        }
        if let defaults {
            try requirePortable(defaults)
            let document = MetadataComponent(fullName: "policies", content: .oauthPolicies(defaults))
            files.append(ArchiveEntry(path: AppPackage.Path.defaults, bytes: MetadataDocument.xml(document)))
        }
        files.append(ArchiveEntry(path: AppPackage.Path.contents, bytes: listing(documents)))
        return files
    }

    /// Reads the files of a package.
    ///
    /// - Throws: ``PackageRefusal``, or the `MetadataError` of a document.
    static func read(_ files: [ArchiveEntry], name: String) throws -> (
        AppComponents, OAuthPolicies?, [OAuthCustomScope]
    ) {
        var app = AppComponents(developerName: name)
        var customScopes: [OAuthCustomScope] = []
        var defaults: OAuthPolicies?
        for file in files where file.path != AppPackage.Path.contents {
            if file.path == AppPackage.Path.defaults {
                let document = try MetadataDocument.parse(.oauthPolicies, fullName: "policies", bytes: file.bytes)
                guard case .oauthPolicies(let record) = document.content else { continue }
                try requirePortable(record)
                defaults = record
                continue
            }
            let component = try MetadataDocument.parse(file: SourceFile(path: file.path, bytes: file.bytes))
            if case .customScope(let scope) = component.content {
                guard component.type.path(of: scope.developerName) == file.path else {
                    throw PackageRefusal.contents("'\(file.path)', which is named otherwise inside")
                }
                customScopes.append(scope)
                continue
            }
            guard types.contains(component.type) else {
                throw PackageRefusal.contents("a \(component.type.rawValue), which belongs to an org alone")
            }
            guard component.appName == name, component.type.path(of: component.fullName) == file.path else {
                throw PackageRefusal.contents("'\(file.path)', which is of no app '\(name)' or in another place")
            }
            try requireNoSecret(component.content)
            guard app.add(component) else { throw PackageRefusal.contents("two documents of one type") }
        }
        guard let header = app.header, app.oauth != nil else {
            throw PackageRefusal.contents("no header or no OAuth settings of '\(name)'")
        }
        guard header.distributionState == .packaged else {
            throw PackageRefusal.contents("an app whose distributionState is not Packaged")
        }
        if let problem = AppRules.problems(of: app, existsAlready: false).first { throw problem }
        try PackagedScopes.require(customScopes, of: app)
        return (app, defaults, customScopes)
    }

    private static func requireNoSecret(_ content: MetadataContent) throws(PackageRefusal) {
        guard case .pushSettings(let settings) = content, settings.pushConfigLink == nil else { return }
        throw .contents(
            "push settings with credentials of the push service: keep only pushConfigLink in them, or remove them from the app"
        )
    }

    /// Requires that suggested values mean the same in every org, and switch nothing on that is the admin's to allow.
    static func requirePortable(_ defaults: OAuthPolicies) throws(PackageRefusal) {
        let ofOneOrg: [(String, Bool)] = [
            ("clientCredentialsFlowUser", defaults.clientCredentialsFlowUser != nil),
            ("commaSeparatedProfile", defaults.commaSeparatedProfile != nil),
            ("commaSeparatedPermissionSet", defaults.commaSeparatedPermissionSet != nil),
            ("commaSeparatedCustomScopes", defaults.commaSeparatedCustomScopes != nil),
            ("apexHandler", defaults.apexHandler != nil), ("executeHandlerAs", defaults.executeHandlerAs != nil),
            ("isClientCredentialsFlowEnabled", defaults.isClientCredentialsFlowEnabled == true),
            ("isTokenExchangeFlowEnabled", defaults.isTokenExchangeFlowEnabled == true),
            ("isGuestCodeCredFlowEnabled", defaults.isGuestCodeCredFlowEnabled == true),
        ]
        guard let found = ofOneOrg.first(where: \.1) else { return }
        throw .contents(
            "\(found.0) among the defaults: users, profiles, handlers and the admin's half of a flow are for the admin of each org"
        )
    }

    /// The manifest that tools of the original read: which documents are there.
    private static func listing(_ documents: [MetadataComponent]) -> [UInt8] {
        let types = documents.map { document in
            "    <types>\n        <members>\(MarkupText.escaped(document.fullName))</members>\n        <name>\(document.type.rawValue)</name>\n    </types>\n"
        }
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n"
            + types.joined() + "    <version>67.0</version>\n</Package>\n"
        return Array(text.utf8)
    }
}
