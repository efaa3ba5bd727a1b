import ClientApps

/// What types of metadata there are in a version of the API: `describeMetadata` (facts: app-model 11.4).
public struct MetadataDescription: Hashable, Sendable {
    /// One type.
    public struct Object: Hashable, Sendable {
        /// The name of the type in a manifest.
        public let xmlName: String
        /// The folder of its documents.
        public let directoryName: String
        /// The suffix of their files.
        public let suffix: String
    }

    /// The types, by name; none is in folders of folders, and none has a file beside its document.
    public let objects: [Object]

    /// What a version has.
    public init(version: Int) {
        var objects: [Object] = []
        for type in MetadataType.allCases where type.since <= version {
            let object = Object(xmlName: type.manifestName, directoryName: type.folder, suffix: type.suffix)
            if !objects.contains(object) { objects.append(object) }
        }
        self.objects = objects.sorted { $0.xmlName < $1.xmlName }
    }
}
