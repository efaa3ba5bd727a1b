import ClientApps

/// The sample app, as the metadata that anybody could deploy.
enum SampleApp {
    static let name = "Sample"
    static let callbackURLs = ["http://localhost:1717/OauthRedirect", "http://127.0.0.1:1717/OauthRedirect"]

    static func files(runAs username: String) -> [SourceFile] {
        [
            file(
                "externalClientApps/Sample.eca",
                "ExternalClientApplication",
                [
                    ("contactEmail", "admin@signet.example"), ("description", "An app to start with."),
                    ("distributionState", "Local"), ("isProtected", "false"), ("label", "Sample"),
                ]
            ),
            file(
                "extlClntAppGlobalOauthSets/Sample_glbloauth.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                [
                    ("callbackUrl", callbackURLs.joined(separator: "\n")), ("externalClientApplication", name),
                    ("isClientCredentialsFlowEnabled", "true"), ("isNamedUserJwtEnabled", "true"),
                    ("isPkceRequired", "true"),
                    ("label", "Sample global OAuth settings"),
                ]
            ),
            file(
                "extlClntAppOauthSettings/Sample_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                [
                    ("commaSeparatedOauthScopes", "Api, RefreshToken, OpenID, Basic"),
                    ("externalClientApplication", name),
                    ("label", "Sample OAuth settings"),
                ]
            ),
            file(
                "extlClntAppOauthPolicies/Sample_oauthPlcy.ecaOauthPlcy",
                "ExtlClntAppOauthConfigurablePolicies",
                [
                    ("clientCredentialsFlowUser", username), ("externalClientApplication", name),
                    ("ipRelaxationPolicyType", "Enforce"), ("isClientCredentialsFlowEnabled", "true"),
                    ("label", "Sample OAuth policies"), ("namedUserJwtSessionTimeoutType", "Custom"),
                    ("namedUserJwtTimeout", "30"), ("permittedUsersPolicyType", "AllSelfAuthorized"),
                    ("refreshTokenPolicyType", "SpecificInactivity"), ("refreshTokenValidityPeriod", "30"),
                    ("refreshTokenValidityUnit", "Days"), ("requiredSessionLevel", "STANDARD"),
                ]
            ),
        ]
    }

    private static func file(_ path: String, _ type: String, _ fields: [(String, String)]) -> SourceFile {
        let lines = fields.map { "    <\($0.0)>\($0.1)</\($0.0)>" }.joined(separator: "\n")
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <\(type) xmlns="http://soap.sforce.com/2006/04/metadata">
            \(lines)
            </\(type)>
            """
        return SourceFile(path: path, bytes: Array(text.utf8))
    }
}
