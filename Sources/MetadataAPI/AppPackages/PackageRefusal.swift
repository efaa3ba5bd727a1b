/// Why a package is not made, not read, or not installed.
public enum PackageRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is no package, or a broken one.
    case malformed(String)
    /// A newer release made it.
    case newerFormat
    /// It has no signature.
    case unsigned
    /// A file is not what was signed, or the signature is not of this manifest.
    case tampered(String)
    /// A document is in it that no package may have, or has something that no package may say.
    case contents(String)
    /// It is signed by a key that this org does not trust.
    case unknownSigner(fingerprint: String, issuer: String)
    /// The app cannot be packaged as it is.
    case cannotBePackaged(String)
    /// The package cannot be installed, upgraded or uninstalled here and now.
    case cannotBeInstalled(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .malformed(let reason): "this is no package of an app: \(reason). Get it anew from who made it"
        case .newerFormat: "the package was made by a newer release of signet: install that release first"
        case .unsigned:
            "the package is not signed, so nobody knows who made it: get one that signet package create made"
        case .tampered(let what): "the package was changed after it was signed: \(what). Get it anew from who made it"
        case .contents(let what): "the package has what none may have: \(what)"
        case .unknownSigner(let fingerprint, let issuer):
            "the package is signed by a key that this org does not trust: \(fingerprint), which says to be of \(issuer). Ask its maker for the fingerprint (signet package key), compare, and trust it: signet package trust FILE --fingerprint \(fingerprint)"
        case .cannotBePackaged(let reason), .cannotBeInstalled(let reason): reason
        }
    }
}
