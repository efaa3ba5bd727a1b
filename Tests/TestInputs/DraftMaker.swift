import ClientApps

/// Makes drafts up from the fields of their types. What a field may have is guessed from its name, so that a new field has a value
/// without being named here; what fields ask of each other is in `DraftRules.swift`.
struct DraftMaker {
    var generator: SeededGenerator
    /// The developer name of the app that documents belong to.
    let app: String
    /// Tells the values of lists apart.
    private var count = 0
    /// Which kind of address the range has whose end was made last; ends come before starts.
    private var isIPv6 = false

    init(generator: SeededGenerator, app: String) {
        (self.generator, self.app) = (generator, app)
    }

    mutating func draft(_ shape: MetadataShape) -> Draft {
        var draft = Draft()
        for field in shape.fields where field.isRequired || Bool.random(using: &generator) {
            for _ in 0..<(field.isList ? Int.random(in: 1...3, using: &generator) : 1) {
                draft.add(field.name, value(field))
            }
        }
        return draft
    }

    private mutating func value(_ field: MetadataShape.Field) -> DraftValue {
        count += 1
        switch field.value {
        case .text: return .text(text(field.name))
        case .flag: return .text(generator.one(of: ["true", "false"]))
        case .number: return .text(generator.one(of: ["1", "5", "30", "60"]))
        case .word(let words): return .text(generator.one(of: words))
        case .record(let shape):
            var inner = draft(shape)
            DraftRules.settle(&inner, shape.name, &generator)
            return .record(inner)
        }
    }

    private static let texts = [
        "Text & <b> \"q\" 'r' ]]>", "Grüße 🗝", "Api, OpenID", "5 > 3", "x  y", "true", "-17",
    ]

    private mutating func text(_ name: String) -> String {
        let known = [
            "callbackUrl": "https://a\(count).example/cb\nhttps://b\(count).example/cb?x=1&y=2",
            "certificate": SampleCertificate.pem,
            "contactEmail": "dev\(count)@acme.example", "externalClientApplication": app,
            "orgScopedExternalApp": "00DSG000009FYVd:\(app)", "oauthLink": "00DSG000009FYVd:888SG000009FYVd",
            "pushConfigLink": "00DSG000009FYVd:1DhSG000009FYVd", "serviceAccount": "eyJhIjoxfQ==",
            "consumerKey": "3MVG9\(app)\(generator.next())",
            "consumerSecret": "S\(generator.next())\(generator.next())",
            "commaSeparatedProfile": RandomPackage.profile, "profileName": RandomPackage.profile,
            "commaSeparatedPermissionSet": RandomPackage.permissionSet,
            "permissionSetName": RandomPackage.permissionSet,
            "clientCredentialsFlowUser": RandomPackage.user, "oauthClientCredentialUser": RandomPackage.user,
            "formula": generator.one(of: ["User.Country", "Organization.Country"]), "developerName": app,
        ]
        if let text = known[name] { return text }
        let word = name.lowercased()
        if word.hasSuffix("url") { return "https://u\(count).example/path?a=1&b=2" }
        if word.hasPrefix("end") {
            isIPv6 = Bool.random(using: &generator)
            return isIPv6 ? "2001:db8::9" : "10.0.0.9"
        }
        if word.hasPrefix("start") { return isIPv6 ? "2001:db8::1" : "10.0.0.1" }
        if word.contains("scopes"), !word.contains("custom") {
            return generator.one(of: OAuthScopeName.table.map(\.metadata).filter { !$0.isEmpty })
        }
        if word == "refreshtokenpolicy" {
            return generator.one(of: ["infinite", "zero", "specific_lifetime:5:DAYS", "specific_inactivity:36:HOURS"])
        }
        return "\(generator.one(of: Self.texts)) \(count)"
    }
}
