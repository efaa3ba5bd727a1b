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
            "certificate": Self.certificate,
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

    /// A certificate made with openssl.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIDBTCCAe2gAwIBAgIUH13/nYoGLTV7TAbpFMnkVTdNrEMwDQYJKoZIhvcNAQEL
        BQAwETEPMA0GA1UEAwwGb3JkZXJzMCAXDTI2MTEyNjA4MjQ0MVoYDzIxMjYxMTAy
        MDgyNDQxWjARMQ8wDQYDVQQDDAZvcmRlcnMwggEiMA0GCSqGSIb3DQEBAQUAA4IB
        DwAwggEKAoIBAQC1fAPj+IxxjWx0v6mkvWdKSX7lO4/ureLBRYfh30cIAr9EJwIR
        kfHsoFwSAHR11lTU9+SjU6V9tKFTbejFtYnCLrYgmMf+Pm9N/98hyBANqL/vQXFD
        ILY+ShtVlsfdKJcd4y4B/pCielBaBwr3N11nlqzysgLwzrOY2yhBy2Vp/GQpZXd/
        CmXAWlluYVJrvC3CisdUS+8WZA9yUcs59tRXDJP7ZcYRpz7OcvllQmizvjexVtNF
        NNIXp1eSSMcYaa8+PuSIrmF5JS75o1q6FonqfcL/fFglMyGnEdh0I76/jqoeUL5T
        ssFtlCwt6Agh3BortSnpwYGlHejhKMMQhSphAgMBAAGjUzBRMB0GA1UdDgQWBBRX
        bMQWQvNuJDvx3B0/VVqYyf7JbTAfBgNVHSMEGDAWgBRXbMQWQvNuJDvx3B0/VVqY
        yf7JbTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAAyc4dro1f
        HbWZLkLZy731iX7oP6KvcohhnqNtDNF9aWyXJq2eZWu1fZ2j9RQvU6PdiPmewYOz
        kgf4U9qmsdLC63/Gb7iVS3D98ZMCIMd6gvoP7DIg8Y+9HG8s5oyULr3qTWa29YHf
        Sp6+J3Qxkg10GB7DYqHcCAYt7U77+IlpcZSItCvbFQbwn4YQd5fQ1QVQf5WU+qIh
        qMgy5+y0WfMoS7KcrW5SxXDp8piPpyQdtA+EQt23VMO8aPLAIUOvufSJQaaHsNCb
        GI7aKgtk2zbV0vsm2H7iIGc3SHUdsJQUkF7UEprp7k9ajAmIhmnXrI1qvJxjJFwE
        sQT3iwx8GOdE
        -----END CERTIFICATE-----
        """
}
