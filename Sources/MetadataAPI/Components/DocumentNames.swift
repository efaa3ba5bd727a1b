import ClientApps
import Orgs
import Storage

/// Full names: one names one document of its type in an org, whichever app it belongs to (facts: app-model 1.1).
enum DocumentNames {
    /// Requires that no other app of an org has a document of the type and full name of one of these.
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
        for document in app.documents where document.type.isSatellite && !present.contains(Name(document)) {
            let other = try AppRecords.otherApp(
                than: before?.id,
                with: document.type,
                named: document.fullName,
                org: org,
                on: connection
            )
            guard let other else { continue }
            let file = files.first { $0.type == document.type && $0.fullName == document.fullName }
            throw MetadataError(
                file: file?.path ?? "",
                element: "fullName",
                code: "DUPLICATE_DEVELOPER_NAME",
                problem:
                    "The app '\(other)' has a \(document.type.rawValue) named '\(document.fullName)', and a name is there once in an org.",
                remedy: "Choose another name, such as one that begins with '\(app.developerName)_'."
            )
        }
    }

    private struct Name: Hashable {
        let type: MetadataType
        let name: String

        init(_ document: MetadataComponent) {
            (type, name) = (document.type, AppComponents.comparable(name: document.fullName))
        }
    }
}
