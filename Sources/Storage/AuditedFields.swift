import ClientApps
import OAuthTypes
import Orgs

/// What something says at a moment, field by field, for the audit trail to compare.
struct AuditedFields: Sendable {
    private var values: [(field: String, value: String, isSecret: Bool)] = []

    /// Something that is not there.
    static let nothing = AuditedFields()

    /// Adds a field; one without a value, or with an empty one, is not there.
    mutating func add(_ field: String, _ value: String?, isSecret: Bool = false) {
        guard let value, !value.isEmpty else { return }
        values.append((field, value, isSecret))
    }

    /// What changed from these fields to others, in the order of the others; what was taken away comes last.
    func changes(to after: AuditedFields) -> [AuditChange] {
        let before = Dictionary(values.map { ($0.field, $0.value) }) { first, _ in first }
        let kept = Set(after.values.map(\.field))
        let changed = after.values.compactMap { entry in
            before[entry.field] == entry.value
                ? nil : Self.change(entry.field, before[entry.field], entry.value, entry.isSecret)
        }
        let taken = values.filter { !kept.contains($0.field) }
        return changed + taken.map { Self.change($0.field, $0.value, nil, $0.isSecret) }
    }

    private static func change(_ field: String, _ before: String?, _ after: String?, _ isSecret: Bool) -> AuditChange {
        isSecret
            ? .hidden(field, before: before, after: after)
            : AuditChange(field, before: before, after: after)
    }
}

extension AuditedFields {
    init(_ org: Org) {
        add("name", org.name)
        add("edition", org.edition.rawValue)
        add("issuer", org.issuer)
        add("instance", org.instance)
        add("isActive", "\(org.isActive)")
        add("sessionTimeoutMinutes", "\(org.sessionTimeoutMinutes)")
        add("trustedIpRanges", IPRangeText.text(org.trustedIPRanges))
        add("isOauthCorsEnabled", "\(org.isOAuthCORSEnabled)")
        add("corsOrigins", org.corsOrigins.joined(separator: "\n"))
        add("jwtBearerAudiences", org.jwtBearerAudiences.joined(separator: "\n"))
        add("isPkceRequired", "\(org.isPKCERequired)")
        add("isConnectedAppCreationEnabled", "\(org.isConnectedAppCreationEnabled)")
        add("isApiEnabled", "\(org.isAPIEnabled)")
    }

    init(_ user: User, profile: String?, permissionSets: [String]) {
        add("username", user.username)
        add("email", user.email)
        add("firstName", user.firstName)
        add("lastName", user.lastName)
        add("nickname", user.nickname)
        add("profile", profile ?? user.profile.rawValue)
        add("permissionSets", permissionSets.joined(separator: "\n"))
        add("isActive", "\(user.isActive)")
        add("isFrozen", "\(user.isFrozen)")
        add("isApiOnly", "\(user.isAPIOnly)")
    }

    init(_ profile: Profile) {
        add("permissions", PermissionText.text(profile.permissions))
        add("sessionTimeoutMinutes", profile.sessionTimeoutMinutes.map(String.init))
        add("loginIpRanges", IPRangeText.text(profile.loginIPRanges))
    }

    init(_ set: PermissionSet) {
        add("label", set.label)
        add("permissions", PermissionText.text(set.permissions))
    }

    /// The elements of documents, each under its type; consumer key and secret stand in no document.
    init(_ documents: [MetadataComponent]) {
        for document in documents {
            for element in MetadataDocument.elements(of: document) {
                add("\(document.type.rawValue).\(element.path)", element.value, isSecret: element.isSecret)
            }
        }
    }
}
