import ClientApps
import Orgs
import Storage

/// What the custom scopes of an org are told apart by: each has a label and a description of its own (facts: app-model 1.10). Read once for
/// all that are deployed together.
struct TakenScopes {
    private let org: OrgID
    private var there: There?

    fileprivate struct There {
        var scopes: [String: OAuthCustomScope] = [:]
        var labels: [String: String] = [:]
        var descriptions: [String: String] = [:]
    }

    init(org: OrgID) { self.org = org }

    /// Requires that a scope can be told from every other one.
    ///
    /// - Throws: `MetadataError`, or what the database throws.
    mutating func check(_ scope: OAuthCustomScope, named name: String, on connection: any Connection) throws {
        let there = try there ?? read(on: connection)
        self.there = there
        for (element, other) in [
            ("masterLabel", there.labels[scope.masterLabel]),
            ("description", there.descriptions[scope.description]),
        ] {
            guard let other, AppComponents.comparable(name: other) != AppComponents.comparable(name: name) else {
                continue
            }
            throw MetadataError(
                element: element,
                code: .duplicateValue,
                problem: "duplicate value found: '\(other)' has the same.",
                remedy: "Choose another."
            )
        }
    }

    /// Notes that a scope was kept.
    mutating func take(_ scope: OAuthCustomScope, named name: String) { there?.put(scope, name) }

    private func read(on connection: any Connection) throws -> There {
        var there = There()
        for document in try OrgDocuments.all(.customScope, org: org, on: connection) {
            guard case .customScope(let scope) = document.component.content else { continue }
            there.put(scope, document.component.fullName)
        }
        return there
    }
}

extension TakenScopes.There {
    fileprivate mutating func put(_ scope: OAuthCustomScope, _ name: String) {
        if let before = scopes.updateValue(scope, forKey: AppComponents.comparable(name: name)) {
            labels[before.masterLabel] = nil
            descriptions[before.description] = nil
        }
        labels[scope.masterLabel] = name
        descriptions[scope.description] = name
    }
}
