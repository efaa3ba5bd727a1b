/// An enum that travels as the text of an element.
protocol MetadataWord: RawRepresentable<String>, CaseIterable, Sendable {
    /// What the original calls it in its WSDL and its errors (facts: app-model 11.6); where neither is known, what we do.
    static var metadataName: String { get }
}

extension MetadataWord {
    static var metadataName: String { "\(Self.self)" }
}

extension PermittedUsersPolicyType: MetadataWord {}
extension RefreshTokenPolicyType: MetadataWord {}
extension SessionSecurityLevel: MetadataWord {}
extension PolicyAction: MetadataWord {}
extension JWTSessionTimeoutType: MetadataWord {}
extension ValidityUnit: MetadataWord {}
extension IPRelaxation: MetadataWord {}
extension ConnectedAppIPRelaxation: MetadataWord {}
extension PushServiceType: MetadataWord {}
extension ApplePushEnvironment: MetadataWord {}
extension ScreenLockTimeout: MetadataWord {}

extension DistributionState: MetadataWord {
    static let metadataName = "ExtlClntAppDistState"
}
extension ManagedType: MetadataWord {
    static let metadataName = "ExtlClntAppManagedType"
}
extension StartPage: MetadataWord {
    static let metadataName = "ExtlClntAppStartPage"
}
extension SAMLEncryptionType: MetadataWord {
    static let metadataName = "ExtlClntAppSamlEncryptType"
}
extension SAMLNameIDFormat: MetadataWord {
    static let metadataName = "ExtlClntAppNameIdFormatType"
}
extension SAMLSigningAlgorithm: MetadataWord {
    static let metadataName = "ExtlClntAppSamlSignAlgoType"
}
extension SAMLLogoutBinding: MetadataWord {
    static let metadataName = "ExtlClntAppSamlBindingType"
}
extension SAMLSubjectType: MetadataWord {
    static let metadataName = "ExtlClntAppSamlSubjectType"
}
extension ConnectedAppSAMLSubjectType: MetadataWord {
    static let metadataName = "SamlSubjectType"
}
extension CanvasAccessMethod: MetadataWord {
    static let metadataName = "AccessMethod"
}
extension CanvasLocation: MetadataWord {
    static let metadataName = "CanvasLocationOptions"
}
extension ConnectedAppCanvasLocation: MetadataWord {
    static let metadataName = "CanvasLocationOptions"
}
extension CanvasOption: MetadataWord {
    static let metadataName = "CanvasOptions"
}
extension ConnectedAppCanvasOption: MetadataWord {
    static let metadataName = "CanvasOptions"
}
extension CanvasSAMLInitiation: MetadataWord {
    static let metadataName = "SamlInitiationMethod"
}
