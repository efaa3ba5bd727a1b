// swift-tools-version:6.3
import PackageDescription

/// One set of strict settings for every target of ours: see docs/decisions/ for why each is on.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let crypto: [Target.Dependency] = [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "CryptoExtras", package: "swift-crypto"),
]
let certificates: [Target.Dependency] = [
    .product(name: "X509", package: "swift-certificates"),
    .product(name: "SwiftASN1", package: "swift-asn1"),
]

let package = Package(
    name: "Signet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "signet", targets: ["signet"]),
        .library(name: "SignetVerifier", targets: ["SignetVerifier"]),
        .library(name: "SignetVerifierHummingbird", targets: ["SignetVerifierHummingbird"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries
        .systemLibrary(name: "CLibArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),

        // The words, the model, the tokens
        .target(name: "OAuthTypes", swiftSettings: strict),
        .target(name: "Orgs", dependencies: ["OAuthTypes"], swiftSettings: strict),
        .target(name: "XML", dependencies: ["CLibExpat"], swiftSettings: strict),
        .target(
            name: "ClientApps",
            dependencies: ["OAuthTypes", "Orgs", "XML", .product(name: "CryptoExtras", package: "swift-crypto")]
                + certificates,
            swiftSettings: strict
        ),
        .target(name: "Tokens", dependencies: ["OAuthTypes", "CLibCrypto"] + crypto, swiftSettings: strict),

        // What is remembered
        .target(
            name: "Storage",
            dependencies: ["OAuthTypes", "Orgs", "ClientApps", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .target(
            name: "StorageSQLite",
            dependencies: ["OAuthTypes", "Storage", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(name: "StoragePostgres", dependencies: ["OAuthTypes", "Storage", "CLibPQ"], swiftSettings: strict),

        // The protocol and its doors
        .target(
            name: "AuthorizationServer",
            dependencies: ["OAuthTypes", "Orgs", "ClientApps", "Tokens", "Storage", "SignetVerifier", "CLibArgon2"]
                + crypto,
            swiftSettings: strict
        ),
        .target(
            name: "MetadataAPI",
            dependencies: ["OAuthTypes", "Orgs", "XML", "ClientApps", "Tokens", "Storage", "CLibZip"],
            swiftSettings: strict
        ),
        .target(
            name: "WebServer",
            dependencies: [
                "OAuthTypes", "Orgs", "XML", "ClientApps", "Tokens", "Storage", "AuthorizationServer", "MetadataAPI",
                "SignetVerifier",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Pages/Templates")],
            swiftSettings: strict
        ),

        // For external systems
        .target(
            name: "SignetVerifier",
            dependencies: [
                "OAuthTypes",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + crypto,
            swiftSettings: strict
        ),
        .target(
            name: "SignetVerifierHummingbird",
            dependencies: [
                "SignetVerifier",
                "OAuthTypes",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // The one executable
        .executableTarget(
            name: "signet",
            dependencies: [
                "OAuthTypes", "Orgs", "XML", "ClientApps", "Tokens", "Storage", "StorageSQLite", "StoragePostgres",
                "AuthorizationServer", "MetadataAPI", "WebServer", "SignetVerifier",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + certificates,
            swiftSettings: strict
        ),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "OAuthTypes", "Orgs", "ClientApps", "Tokens", "Storage", "StorageSQLite", "StoragePostgres",
                "AuthorizationServer", "MetadataAPI", "WebServer",
            ] + crypto + certificates,
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "TestInputs",
            dependencies: ["OAuthTypes", "XML", "ClientApps", "MetadataAPI"],
            path: "Tests/TestInputs",
            swiftSettings: strict
        ),
        .testTarget(name: "FuzzTests", dependencies: ["TestInputs"], swiftSettings: strict),
        .testTarget(name: "XMLTests", dependencies: ["XML"], swiftSettings: strict),
        .testTarget(name: "OAuthTypesTests", dependencies: ["OAuthTypes"], swiftSettings: strict),
        .testTarget(name: "OrgsTests", dependencies: ["Orgs", "OAuthTypes"], swiftSettings: strict),
        .testTarget(
            name: "ClientAppsTests",
            dependencies: ["ClientApps", "Orgs", "OAuthTypes", "TestInputs"] + certificates + crypto,
            swiftSettings: strict
        ),
        .testTarget(
            name: "TokensTests",
            dependencies: ["Tokens", "OAuthTypes", "CLibCrypto"] + crypto,
            swiftSettings: strict
        ),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "StorageSQLite", "StoragePostgres", "OAuthTypes", "Orgs", "ClientApps", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AuthorizationServerTests",
            dependencies: [
                "AuthorizationServer", "Tokens", "Storage", "ClientApps", "Orgs", "OAuthTypes", "TestSupport",
            ] + crypto,
            swiftSettings: strict
        ),
        .testTarget(
            name: "MetadataAPITests",
            dependencies: [
                "MetadataAPI", "Storage", "ClientApps", "Tokens", "Orgs", "OAuthTypes", "XML", "TestInputs",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SignetVerifierTests",
            dependencies: [
                "SignetVerifier", "SignetVerifierHummingbird", "OAuthTypes",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ] + crypto,
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProtocolTests",
            dependencies: [
                "WebServer", "AuthorizationServer", "Tokens", "Storage", "ClientApps", "Orgs", "OAuthTypes", "XML",
                "MetadataAPI", "SignetVerifier", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ] + crypto + certificates,
            swiftSettings: strict
        ),
        // Measurements: see Benchmarks/run.
        .executableTarget(
            name: "signet-benchmarks",
            dependencies: ["OAuthTypes", "Tokens", "SignetVerifier"] + crypto,
            path: "Benchmarks/Sources",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "signet-metadata-benchmarks",
            dependencies: [
                "OAuthTypes", "Orgs", "ClientApps", "Tokens", "Storage", "StorageSQLite", "StoragePostgres",
                "MetadataAPI",
            ],
            path: "Benchmarks/Metadata",
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "signet", "OAuthTypes", "WebServer", .product(name: "Logging", package: "swift-log"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ]
)

// Fuzzing, built on demand: see scripts/fuzz. libFuzzer brings the main function.
if Context.environment["SIGNET_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "signet-fuzzer",
            dependencies: ["TestInputs"],
            path: "Tests/Fuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
