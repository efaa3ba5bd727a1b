// MetadataAPI
