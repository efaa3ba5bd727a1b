// MetadataAPITests
