import ClientApps

/// A realistic bundle, and ways to bend it in one place.
enum Bundle {
    static func document(_ root: String, _ lines: [String]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <\(root) xmlns="http://soap.sforce.com/2006/04/metadata">
        \(lines.map { "    " + $0 }.joined(separator: "\n"))
        </\(root)>

        """
    }

    static let headerPath = "externalClientApps/Orders.eca"
    static let globalPath = "extlClntAppGlobalOauthSets/Orders_glbl.ecaGlblOauth"
    static let oauthPath = "extlClntAppOauthSettings/Orders_oauth.ecaOauth"
    static let oauthPolicyPath = "extlClntAppOauthPolicies/Orders_oauth_defaultPolicy.ecaOauthPlcy"
    static let policyPath = "extlClntAppPolicies/Orders_defaultPolicy.ecaPlcy"

    static let header = document(
        "ExternalClientApplication",
        [
            "<contactEmail>orders@example.com</contactEmail>", "<description>Ships &amp; bills</description>",
            "<distributionState>Local</distributionState>", "<isProtected>false</isProtected>", "<label>Orders</label>",
        ]
    )
    static let global = document(
        "ExtlClntAppGlobalOauthSettings",
        [
            "<callbackUrl>https://orders.example.com/back\nhttp://127.0.0.1/back</callbackUrl>",
            "<consumerKey>orders.key_1</consumerKey>", "<externalClientApplication>Orders</externalClientApplication>",
            "<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>",
            "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>", "<isPkceRequired>false</isPkceRequired>",
            "<label>Orders global</label>",
        ]
    )
    static let oauth = document(
        "ExtlClntAppOauthSettings",
        [
            "<commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>", "<customAttributes>",
            "    <formula>Organization.Country</formula>", "    <key>country</key>", "</customAttributes>",
            "<externalClientApplication>Orders</externalClientApplication>", "<label>Orders OAuth</label>",
            "<trustedIpRanges>",
            "    <endIpAddress>10.0.0.9</endIpAddress>", "    <startIpAddress>10.0.0.1</startIpAddress>",
            "</trustedIpRanges>",
        ]
    )
    static let oauthPolicy = document(
        "ExtlClntAppOauthConfigurablePolicies",
        [
            "<clientCredentialsFlowUser>robot@example.com</clientCredentialsFlowUser>",
            "<externalClientApplication>Orders</externalClientApplication>",
            "<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>",
            "<namedUserJwtTimeout>15</namedUserJwtTimeout>",
            "<permittedUsersPolicyType>AllSelfAuthorized</permittedUsersPolicyType>",
        ]
    )
    static let policy = document(
        "ExtlClntAppConfigurablePolicies",
        ["<externalClientApplication>Orders</externalClientApplication>", "<isEnabled>true</isEnabled>"]
    )

    static let files = [
        headerPath: header, globalPath: global, oauthPath: oauth, oauthPolicyPath: oauthPolicy, policyPath: policy,
    ]

    static func read(_ files: [String: String]) throws(MetadataErrors) -> [AppComponents] {
        try AppFolder.read(
            files.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
        )
    }
}
