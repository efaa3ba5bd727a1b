// swift-tools-version:6.3
import PackageDescription

let package = Package(
    name: "protected-api",
    dependencies: [
        .package(name: "Signet", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    ],
    targets: [
        .executableTarget(
            name: "protected-api",
            dependencies: [
                .product(name: "SignetVerifier", package: "Signet"),
                .product(name: "SignetVerifierHummingbird", package: "Signet"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        )
    ]
)
