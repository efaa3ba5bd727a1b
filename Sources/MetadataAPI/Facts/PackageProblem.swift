import ClientApps

/// What is wrong with a package or a step of one, for whoever is told.
public enum PackageProblem {
    /// The text of an error that is about the package; `nil` for any other.
    public static func text(of error: any Error) -> String? {
        switch error {
        case let refusal as PackageRefusal: refusal.description
        case let refusal as ArchiveError: refusal.description
        case let error as MetadataError: "it has a document that is not valid\(error.description)"
        case let errors as MetadataErrors: "it has documents that are not valid:\n\(errors.description)"
        default: nil
        }
    }
}
