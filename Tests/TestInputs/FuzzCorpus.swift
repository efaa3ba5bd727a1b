import ClientApps
import MetadataAPI

/// What fuzzers begin with.
extension FuzzTarget {
    /// Good inputs, made up from the fields of the types.
    public func corpus(seed: UInt64) -> [[UInt8]] {
        let documents = RandomPackage.documents(seed: seed)
        switch self {
        case .xml: return documents.map(\.bytes) + Self.oddities
        case .metadata:
            return documents.map { document in
                [UInt8(MetadataType.allCases.firstIndex(of: document.type) ?? 0)] + document.bytes
            }
        case .zip:
            let files = RandomPackage(seed: seed).files.map { ArchiveEntry(path: $0.path, bytes: $0.bytes) }
            return [
                files, Array(files.prefix(1)),
                files.map { ArchiveEntry(path: "unpackaged/" + $0.path, bytes: $0.bytes) },
            ]
            .compactMap { try? ArchiveWriter.archive($0) }
        case .json:
            return [
                #"{"deployOptions":{"allowMissingFiles":false,"checkOnly":"false","testLevel":null,"runTests":[],"singlePackage":true}}"#,
                #"{"checkOnly":true,"testLevel":"RunLocalTests","runTests":["A","B"],"rollbackOnError":"TRUE"}"#,
            ].map { Array($0.utf8) }
        }
    }

    /// What means something where it lands in such an input.
    public var words: [String] {
        switch self {
        case .xml, .metadata:
            [
                "<", ">", "</", "/>", "&amp;", "&#0;", "&#x1F5DD;", "<![CDATA[", "]]>", "<!--", "-->", "<?x?>",
                "<!DOCTYPE a [",
                "<!ENTITY a \"aaaaaaaaaa\">", "xmlns=\"\"", "xmlns:a=\"b\"", "xsi:nil=\"true\"", "\u{FEFF}", "\u{0}",
                "true",
                "-9223372036854775809", "99999999999999999999", "https://", "javascript:", "00D", "::1", "1.2.3.4",
            ]
        case .zip:
            [
                "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "../", "/", "\\", "C:", "package.xml", "\u{0}",
                "signet-package.json",
            ]
        case .json:
            ["{", "}", "[", "]", "\"", "\\u0000", "\\ud800", "null", "true", "1e999", "-0", ",", ":", "\"checkOnly\":"]
        }
    }

    private static let oddities = [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a xmlns:b=\"c\" b:d=\"e\"><b:f>g<![CDATA[<h>]]></b:f><i/></a>",
        "<a>&lt;&#65;&#x42;</a>", "<a b='\"' c=\"'\"/>",
    ].map { Array($0.utf8) }
}
