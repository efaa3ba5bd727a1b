import ClientApps
import MetadataAPI

/// The documents of apps, as a developer would write them, and archives of them.
enum Bundles {
    static let types = [
        "ExternalClientApplication", "ExtlClntAppGlobalOauthSettings", "ExtlClntAppOauthSettings",
        "ExtlClntAppOauthConfigurablePolicies", "ExtlClntAppConfigurablePolicies",
    ]

    /// The five documents of one app.
    static func app(_ name: String) -> [SourceFile] {
        [
            document(
                "externalClientApps/\(name).eca",
                types[0],
                [
                    "<contactEmail>dev@acme.example</contactEmail>", "<description>Orders of all shops</description>",
                    "<distributionState>Packaged</distributionState>", "<label>\(name)</label>",
                ]
            ),
            document(
                "extlClntAppGlobalOauthSets/\(name)_glbl.ecaGlblOauth",
                types[1],
                [
                    "<callbackUrl>https://orders.example/cb</callbackUrl>",
                    "<externalClientApplication>\(name)</externalClientApplication>",
                    "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>", "<isPkceRequired>true</isPkceRequired>",
                    "<label>\(name)</label>",
                ]
            ),
            document(
                "extlClntAppOauthSettings/\(name)_oauth.ecaOauth",
                types[2],
                [
                    "<commaSeparatedOauthScopes>Api, RefreshToken, OpenID</commaSeparatedOauthScopes>",
                    "<customAttributes><formula>User.Country</formula><key>country</key></customAttributes>",
                    "<externalClientApplication>\(name)</externalClientApplication>", "<label>\(name)</label>",
                ]
            ),
            document(
                "extlClntAppOauthPolicies/\(name)_oauth_defaultPolicy.ecaOauthPlcy",
                types[3],
                [
                    "<externalClientApplication>\(name)</externalClientApplication>",
                    "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>",
                    "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>",
                    "<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>",
                    "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
                ]
            ),
            document(
                "extlClntAppPolicies/\(name)_defaultPolicy.ecaPlcy",
                types[4],
                [
                    "<externalClientApplication>\(name)</externalClientApplication>", "<isEnabled>true</isEnabled>",
                    "<isOauthPluginEnabled>true</isOauthPluginEnabled>",
                ]
            ),
        ]
    }

    private static func document(_ path: String, _ type: String, _ elements: [String]) -> SourceFile {
        let text = "<\(type) xmlns=\"\(MetadataDocument.namespace)\">\(elements.joined())</\(type)>\n"
        return SourceFile(path: path, bytes: Array(text.utf8))
    }

    /// An archive of some apps, with a manifest that names each document.
    static func archive(of names: [String]) throws -> [UInt8] {
        let files = names.flatMap(app)
        var members: [String: [String]] = [:]
        for file in files {
            let component = try MetadataDocument.parse(file: file)
            members[component.type.rawValue, default: []].append(component.fullName)
        }
        return try ArchiveWriter.archive(
            [manifest(members)] + files.map { ArchiveEntry(path: $0.path, bytes: $0.bytes) }
        )
    }

    private static func manifest(_ members: [String: [String]]) -> ArchiveEntry {
        let types = members.sorted { $0.key < $1.key }.map { type, names in
            "<types>\(names.map { "<members>\($0)</members>" }.joined())<name>\(type)</name></types>"
        }
        let text = "<Package xmlns=\"\(MetadataDocument.namespace)\">\(types.joined())<version>68.0</version></Package>"
        return ArchiveEntry(path: "package.xml", bytes: Array(text.utf8))
    }

    /// The largest archive that is taken: of bytes that do not get smaller by packing, beside one app.
    static func largestArchive() throws -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var entries =
            [manifest([types[0]: ["*"]])] + app("Large").prefix(1).map { ArchiveEntry(path: $0.path, bytes: $0.bytes) }
        for index in 0..<39 {
            let noise = [UInt8](unsafeUninitializedCapacity: 1_000_000) { buffer, count in
                for position in buffer.indices {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    buffer[position] = UInt8(truncatingIfNeeded: state)
                }
                count = buffer.count
            }
            entries.append(ArchiveEntry(path: ".noise/\(index).bin", bytes: noise))
        }
        return try ArchiveWriter.archive(entries)
    }

    /// An archive that is small and unpacks to about as much as is allowed.
    static func mostUnpacked() throws -> [UInt8] {
        let nothing = [UInt8](repeating: 0x20, count: 8_388_608)
        let one = app("Large").prefix(1).map { ArchiveEntry(path: $0.path, bytes: $0.bytes) }
        let fill = (0..<60).map { ArchiveEntry(path: ".nothing/\($0).txt", bytes: nothing) }
        return try ArchiveWriter.archive([manifest([types[0]: ["*"]])] + one + fill)
    }
}
