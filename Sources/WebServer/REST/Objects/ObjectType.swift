import ClientApps
import OAuthTypes
import Orgs

/// The records that can be read by REST, by the names that the original gives their types (facts: clients 1 and 2, app-model 2 and 6.3).
enum ObjectType: String, CaseIterable, Sendable {
    case organization = "Organization"
    case user = "User"
    case profile = "Profile"
    case userLicense = "UserLicense"
    case connectedApplication = "ConnectedApplication"
    case oauthToken = "OauthToken"

    /// A type by its name in any case, as queries take it.
    init?(named name: String) {
        guard let type = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = type
    }

    /// The three characters that the ids of its records start with; `nil` where they are of several kinds.
    var keyPrefix: String? {
        switch self {
        case .organization: "\(Org.idPrefix)"
        case .user: "\(User.idPrefix)"
        case .profile: "\(Profile.idPrefix)"
        case .userLicense: "100"
        case .connectedApplication, .oauthToken: nil
        }
    }

    /// The fields of a record, in the order in which a whole record has them.
    var fields: [ObjectField] {
        switch self {
        case .organization:
            [
                .id("Id"), .text("Name"), .text("OrganizationType"), .text("InstanceName"), .flag("IsSandbox"),
                .text("NamespacePrefix"), .time("TrialExpirationDate"), .time("CreatedDate"),
            ]
        case .user:
            [
                .id("Id"), .text("Username"), .text("LastName"), .text("FirstName"), .text("Name"), .text("Email"),
                .text("CommunityNickname"), .flag("IsActive"), .text("TimeZoneSidKey"), .text("LocaleSidKey"),
                .text("LanguageLocaleKey"), .id("ProfileId"), .text("UserType"), .time("CreatedDate"),
                .time("LastModifiedDate"),
            ]
        case .profile, .userLicense: [.id("Id"), .text("Name")]
        case .connectedApplication:
            [
                .id("Id"), .text("Name"), .text("StartUrl"), .flag("OptionsAllowAdminApprovedUsersOnly"),
                .flag("OptionsAppIssueJwtTokenEnabled"), .time("CreatedDate"), .time("LastModifiedDate"),
            ]
        case .oauthToken:
            [
                .id("Id"), .id("UserId"), .text("AppName"), .id("AppMenuItemId"), .number("UseCount"),
                .time("LastUsedDate"), .time("CreatedDate"),
            ]
        }
    }

    /// The field of this name in any case.
    ///
    /// - Throws: `INVALID_FIELD`.
    func field(_ name: String) throws(RESTRefusal) -> ObjectField {
        if let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) { return field }
        throw RESTRefusal(
            .invalidField,
            "No such column '\(name)' on entity '\(rawValue)'; there are \(fields.map(\.name).joined(separator: ", "))."
        )
    }

    static func notSupported(_ name: String) -> RESTRefusal {
        RESTRefusal(
            .invalidType,
            "sObject type '\(name)' is not supported; there are \(allCases.map(\.rawValue).joined(separator: ", "))."
        )
    }
}

/// The one license of users: there are no others, and it grants nothing by itself.
enum UserLicense {
    static let id = "100000000000001AAA"
    static let name = "Salesforce"
}

/// One field of a type of record.
struct ObjectField: Hashable, Sendable {
    enum Kind: Sendable { case id, text, flag, number, time }

    let name: String
    let kind: Kind

    static func id(_ name: String) -> Self { Self(name: name, kind: .id) }
    static func text(_ name: String) -> Self { Self(name: name, kind: .text) }
    static func flag(_ name: String) -> Self { Self(name: name, kind: .flag) }
    static func number(_ name: String) -> Self { Self(name: name, kind: .number) }
    static func time(_ name: String) -> Self { Self(name: name, kind: .time) }
}

/// What a field of a record holds.
enum ObjectValue: Hashable, Sendable {
    /// A text, or an id or a time in their text forms.
    case text(String)
    case flag(Bool)
    case number(Int64)
    case null

    init(_ text: String?) { self = text.map { $0.isEmpty ? .null : .text($0) } ?? .null }

    /// Whether it is what a condition asks for: texts without regard to case, ids in either of their lengths.
    func matches(_ wanted: ObjectValue, as kind: ObjectField.Kind) -> Bool {
        guard case .text(let own) = self, case .text(let other) = wanted else { return self == wanted }
        if kind == .id { return own.prefix(15) == other.prefix(15) && [15, 18].contains(other.utf8.count) }
        return own.lowercased() == other.lowercased()
    }
}

/// A record by the names of its fields; what it lacks is null.
struct ObjectRecord: Sendable {
    let type: ObjectType
    let values: [String: ObjectValue]

    subscript(_ field: ObjectField) -> ObjectValue { values[field.name] ?? .null }

    /// Writes some fields of the record, with its type and address.
    func write(_ fields: [ObjectField], version: String, into json: inout JSONWriter) {
        json.object("attributes") { attributes in
            attributes.member("type", type.rawValue)
            if case .text(let id)? = values["Id"] {
                attributes.member("url", "/services/data/v\(version)/sobjects/\(type.rawValue)/\(id)")
            }
        }
        for field in fields {
            switch self[field] {
            case .text(let text): json.member(named: field.name, text)
            case .flag(let flag): json.member(named: field.name, flag)
            case .number(let number): json.member(named: field.name, number)
            case .null: json.null(named: field.name)
            }
        }
    }
}
