/// The SAML policies of an app, which the admin owns (facts: app-model 1.7). `nil` is what a document leaves out.
///
/// Signet keeps and returns them; it is no SAML identity provider.
public struct SAMLPolicies: Hashable, Sendable {
    /// Where assertions go: the assertion consumer service.
    public var acsURL: String = ""
    /// The certificate of the service provider in PEM; with it every request must be signed.
    public var certificate: String?
    /// Permission sets that may use the whole app, by API name.
    public var commaSeparatedPermissionSet: String?
    /// Profiles that may use the whole app, by name.
    public var commaSeparatedProfile: String?
    /// Attributes that assertions carry.
    public var customAttributes: [CustomAttribute] = []
    /// The certificate that assertions are encrypted with, in PEM.
    public var encryptionCertificate: String?
    /// The cipher of encrypted assertions.
    public var encryptionType: SAMLEncryptionType?
    /// The entity id of the service provider.
    public var entityURL: String = ""
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The issuer of assertions; the org's My Domain where absent.
    public var issuer: String?
    /// The name of this record.
    public var label: String?
    /// The format of the subject's name.
    public var nameIDFormat: SAMLNameIDFormat?
    /// The hash of signatures.
    public var signingAlgorithmType: SAMLSigningAlgorithm?
    /// How single logout is sent.
    public var singleLogoutBindingType: SAMLLogoutBinding?
    /// Where single logout is sent.
    public var singleLogoutURL: String?
    /// Where the app starts; deprecated in favour of the app policies.
    public var startURL: String?
    /// The attribute that names the subject, if it is a custom one.
    public var subjectCustomAttribute: String?
    /// What names the subject.
    public var subjectType: SAMLSubjectType?

    /// Policies without values.
    public init() {}
}

/// The cipher of encrypted assertions.
public enum SAMLEncryptionType: String, Hashable, Sendable, CaseIterable {
    case aes128 = "AES_128"
    case aes256 = "AES_256"
}

/// The format of a subject's name.
public enum SAMLNameIDFormat: String, Hashable, Sendable, CaseIterable {
    case unspecified = "Unspecified"
    case emailAddress = "EmailAddress"
    case persistent = "Persistent"
    case transient = "Transient"
}

/// The hash of signatures.
public enum SAMLSigningAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha1 = "SHA1"
    case sha256 = "SHA256"
}

/// How single logout is sent.
public enum SAMLLogoutBinding: String, Hashable, Sendable, CaseIterable {
    case post = "PostBinding"
    case redirect = "RedirectBinding"
}

/// What names the subject of an assertion.
public enum SAMLSubjectType: String, Hashable, Sendable, CaseIterable {
    case username = "Username"
    case federationID = "FederationId"
    case userID = "UserId"
    case customAttribute = "CustomAttribute"
    case persistentID = "PersistentId"
}

extension SAMLPolicies: SatelliteRecord {
    static let type = MetadataType.samlPolicies
    static let fields: [MetadataField<Self>] = [
        .required("acsUrl", \.acsURL),
        .text("certificate", \.certificate),
        .text("commaSeparatedPermissionSet", \.commaSeparatedPermissionSet),
        .text("commaSeparatedProfile", \.commaSeparatedProfile),
        .list("customAttributes", \.customAttributes, of: "ExtlClntAppSamlConfigurablePoliciesAttribute"),
        .text("encryptionCertificate", \.encryptionCertificate),
        .word("encryptionType", \.encryptionType),
        .required("entityUrl", \.entityURL),
        .required("externalClientApplication", \.externalClientApplication),
        .text("issuer", \.issuer),
        .text("label", \.label),
        .word("nameIdFormat", \.nameIDFormat),
        .word("signingAlgorithmType", \.signingAlgorithmType),
        .word("singleLogoutBindingType", \.singleLogoutBindingType),
        .text("singleLogoutUrl", \.singleLogoutURL),
        .text("startUrl", \.startURL),
        .text("subjectCustomAttribute", \.subjectCustomAttribute),
        .word("subjectType", \.subjectType),
    ]
}
