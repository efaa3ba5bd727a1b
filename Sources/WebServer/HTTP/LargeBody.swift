/// Where bodies are taken that are too large to be kept before it is known who sends them.
///
/// Their routes read them by themselves, with a limit of their own, and read the clock again when they have.
enum LargeBody {
    /// Whether a path takes such bodies: zip files for the Metadata API, and packages.
    static func isTaken(at path: String) -> Bool {
        path.hasPrefix("/services/Soap/m/")
            || path.hasPrefix("/services/data/")
                && (path.hasSuffix("/metadata/deployRequest") || path.contains("/signet/packages/"))
    }
}
