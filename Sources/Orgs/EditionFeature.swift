/// What an edition of the original has or has not (facts: app-model 5).
public enum EditionFeature: String, Hashable, Sendable, CaseIterable {
    /// Creating external client apps.
    case externalClientApps
    /// External client apps that issue JWT access tokens.
    case externalClientAppJWT
    /// Installing external client apps and connected apps from packages.
    case packagedApps
    /// Creating connected apps, as far as the release allows it at all.
    case connectedApps
    /// Connected apps that issue JWT access tokens.
    case connectedAppJWT
    /// Connected apps for users that an admin has approved.
    case adminApprovedConnectedApps
    /// Sign-in, registration and password reset without the org's own pages.
    case headlessIdentity

    /// The editions that have it. Enterprise is left out of some of the original's pages, which is taken for an oversight.
    public var editions: Set<Edition> {
        switch self {
        case .externalClientApps: [.professional, .enterprise, .performance, .unlimited, .developer]
        case .externalClientAppJWT:
            [.group, .essentials, .professional, .enterprise, .performance, .unlimited, .developer]
        case .packagedApps, .connectedAppJWT: Set(Edition.allCases)
        case .connectedApps: [.group, .essentials, .professional, .enterprise, .performance, .unlimited, .developer]
        case .adminApprovedConnectedApps: Set(Edition.allCases).subtracting([.group])
        case .headlessIdentity: [.enterprise, .unlimited, .developer]
        }
    }

    /// What it is called in a refusal.
    public var label: String {
        switch self {
        case .externalClientApps: "Creating external client apps"
        case .externalClientAppJWT: "JWT access tokens of external client apps"
        case .packagedApps: "Installing packaged apps"
        case .connectedApps: "Creating connected apps"
        case .connectedAppJWT: "JWT access tokens of connected apps"
        case .adminApprovedConnectedApps: "Admin-approved users of connected apps"
        case .headlessIdentity: "Headless identity"
        }
    }

    /// Requires that an edition has it.
    ///
    /// - Throws: ``NotInEdition``.
    public func require(_ edition: Edition) throws(NotInEdition) {
        guard editions.contains(edition) else { throw NotInEdition(feature: self, edition: edition) }
    }
}

/// Says that the edition of an org does not have something.
public struct NotInEdition: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was asked for.
    public let feature: EditionFeature
    /// The edition of the org.
    public let edition: Edition

    /// Something that an edition does not have.
    public init(feature: EditionFeature, edition: Edition) {
        (self.feature, self.edition) = (feature, edition)
    }

    /// Names the edition and those that have it.
    public var description: String {
        let names = Edition.allCases.filter(feature.editions.contains).map(\.rawValue).joined(separator: ", ")
        return "\(feature.label) is not available in \(edition.rawValue) Edition; it is in: \(names)."
    }
}
