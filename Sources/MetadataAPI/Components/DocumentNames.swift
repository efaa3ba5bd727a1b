import ClientApps
import Orgs
import Storage

/// Full names: each has the form of a developer name, and names one document of its type in an org, whichever app it belongs to
/// (facts: app-model 1.1).
enum DocumentNames {
    /// Requires that the names that are new are names, and that no other app of an org has a document of the type and full name of one.
    ///
    /// - Parameters:
    ///   - before: the app as it stands, whose documents may keep their names.
    ///   - files: where the documents may have come from, for the error.
    /// - Throws: `MetadataError`.
    static func requireFree(
        _ app: AppComponents,
        over before: AppRecords.Stored? = nil,
        from files: [SourceFile] = [],
        org: OrgID,
        on connection: any Connection
    ) throws {
        let present = Set((before?.components.documents ?? []).map(Name.init))
        // Looked up for an error alone: there may be thousands of files, and as many apps.
        func path(of document: MetadataComponent) -> String {
            files.first { $0.type == document.type && $0.fullName == document.fullName }?.path ?? ""
        }
        for document in app.documents where document.type.isSatellite && !present.contains(Name(document)) {
            guard AppRules.isDeveloperName(document.fullName, longest: longest) else {
                throw MetadataError(
                    file: path(of: document),
                    element: "fullName",
                    code: .invalidDeveloperName,
                    problem: "'\(document.fullName)' is not a developer name.",
                    remedy:
                        "Use up to \(longest) letters, digits and single underscores; start with a letter, end with no underscore."
                )
            }
            let other = try AppRecords.otherApp(
                than: before?.id,
                with: document.type,
                named: document.fullName,
                org: org,
                on: connection
            )
            guard let other else { continue }
            throw MetadataError(
                file: path(of: document),
                element: "fullName",
                code: .duplicateDeveloperName,
                problem:
                    "The app '\(other)' has a \(document.type.rawValue) named '\(document.fullName)', and a name is there once in an org.",
                remedy: "Choose another name, such as one that begins with '\(app.developerName)_'."
            )
        }
    }

    /// The longest name: that of an app, with what the names of its generated documents add to it.
    private static let longest = 120

    private struct Name: Hashable {
        let type: MetadataType
        let name: String

        init(_ document: MetadataComponent) {
            (type, name) = (document.type, AppComponents.comparable(name: document.fullName))
        }
    }
}
