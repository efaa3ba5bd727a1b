import OAuthTypes
public import Orgs

/// The formula of a custom attribute, read once when the documents of an app are merged: fields of the user, the profile and the org, and
/// texts in quotes, joined by `&` or `+`.
///
/// A field is written as `User.Email` or `$User.Email`, as the original's documentation and its page for attributes have it; upper and lower
/// case do not matter.
public struct AttributeFormula: Hashable, Sendable {
    /// A field that this server has a value of.
    enum Field: String, CaseIterable {
        case userID = "User.Id"
        case username = "User.Username"
        case email = "User.Email"
        case firstName = "User.FirstName"
        case lastName = "User.LastName"
        case name = "User.Name"
        case nickname = "User.CommunityNickname"
        case isActive = "User.IsActive"
        case language = "User.LanguageLocaleKey"
        case locale = "User.LocaleSidKey"
        case timeZone = "User.TimeZoneSidKey"
        case profileOfUser = "User.ProfileId"
        case profileID = "Profile.Id"
        case profileName = "Profile.Name"
        case orgID = "Organization.Id"
        case orgName = "Organization.Name"
        case instance = "Organization.InstanceName"

        fileprivate static let byName = Dictionary(
            uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) }
        )
    }

    private enum Part: Hashable {
        case text(String)
        case field(Field)
    }

    private let parts: [Part]

    /// Reads a formula; `nil` for one that asks for more than this server can tell.
    init?(_ formula: String) {
        var parts: [Part] = []
        var rest = formula.trimmed[...]
        while true {
            guard let part = AttributeFormula.part(&rest) else { return nil }
            parts.append(part)
            rest = rest.drop(while: \.isWhitespace)
            guard let joint = rest.popFirst() else { break }
            guard joint == "&" || joint == "+" else { return nil }
            rest = rest.drop(while: \.isWhitespace)
        }
        self.parts = parts
    }

    /// Takes one part off the front.
    private static func part(_ rest: inout Substring) -> Part? {
        guard let first = rest.first else { return nil }
        if first == "'" || first == "\"" {
            let inside = rest.dropFirst()
            // A backslash begins an escape of the original's formulas, which is more than a text.
            guard let end = inside.firstIndex(of: first), !inside[..<end].contains("\\") else { return nil }
            rest = inside[inside.index(after: end)...]
            return .text(String(inside[..<end]))
        }
        if first == "$" { rest.removeFirst() }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
        rest = rest[name.endIndex...]
        return Field.byName[name.lowercased()].map(Part.field)
    }

    /// The value for somebody; empty where they have none.
    public func value(for user: User, profile: Profile, org: Org) -> String {
        var value = ""
        for part in parts {
            switch part {
            case .text(let text): value += text
            case .field(let field): value += Self.value(of: field, user, profile, org)
            }
        }
        return value
    }

    private static func value(of field: Field, _ user: User, _ profile: Profile, _ org: Org) -> String {
        switch field {
        case .userID: user.id.rawValue
        case .username: user.username
        case .email: user.email
        case .firstName: user.firstName
        case .lastName: user.lastName
        case .name: user.displayName
        case .nickname: user.nickname
        case .isActive: user.isActive ? "true" : "false"
        case .language: user.language
        case .locale: user.locale
        case .timeZone: user.timeZone
        case .profileOfUser, .profileID: profile.id.rawValue
        case .profileName: profile.name
        case .orgID: org.id.rawValue
        case .orgName: org.name
        case .instance: org.instance
        }
    }
}

/// A custom attribute that can be told.
public struct EffectiveAttribute: Hashable, Sendable {
    /// The name of the attribute.
    public let key: String
    /// What its value is made of.
    public let formula: AttributeFormula
}

/// The custom attributes of an app, and one warning for each that cannot be told.
struct EffectiveAttributes {
    private(set) var told: [EffectiveAttribute] = []
    private(set) var warnings: [MetadataWarning] = []

    init(_ attributes: [CustomAttribute]) {
        for attribute in attributes {
            if let formula = AttributeFormula(attribute.formula) {
                told.append(EffectiveAttribute(key: attribute.key, formula: formula))
            } else {
                let fields = AttributeFormula.Field.allCases.map(\.rawValue).joined(separator: ", ")
                warnings.append(
                    MetadataWarning(
                        element: "customAttributes",
                        problem:
                            "The attribute '\(attribute.key)' is kept and never told: its formula is not one of fields and texts in quotes, joined by &. The fields are \(fields)."
                    )
                )
            }
        }
    }
}
