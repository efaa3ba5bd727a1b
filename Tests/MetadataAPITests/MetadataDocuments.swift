import ClientApps

extension ConnectedAppPlace {
    /// A document of elements that have texts alone, in the order of their names.
    static func file(_ path: String, _ type: String, _ fields: [String: String]) -> SourceFile {
        file(path, type, fields.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined())
    }
}
