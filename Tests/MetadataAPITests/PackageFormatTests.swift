import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("The form of packages")
struct PackageFormatTests {
    private func refusal(_ archive: [UInt8]) -> String? {
        do {
            _ = try AppPackage(reading: archive)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func bent(_ archive: [UInt8], _ bend: (inout [ArchiveEntry]) -> Void) throws -> [UInt8] {
        var files = try ArchiveReader().files(of: archive)
        bend(&files)
        return try ArchiveWriter.archive(files)
    }

    @Test(
        "app-model 6.1: header, OAuth settings and plugins travel with the suggested values; global settings, secrets and policies never do",
        arguments: TestDatabase.available
    )
    func contents(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.source.deploy([PackagePlace.policies(["startUrl": "https://orders.example/private"])])
            var defaults = OAuthPolicies()
            (defaults.externalClientApplication, defaults.sessionTimeoutInMinutes) = ("Orders", 45)
            let archive = try await place.made(defaults: defaults)
            let files = try ArchiveReader().files(of: archive)
            #expect(
                Set(files.map(\.path)) == [
                    "package.manifest", "package.signature", "package.xml", "externalClientApps/Orders.eca",
                    "extlClntAppOauthSettings/Orders_o.ecaOauth", "extlClntAppCanvasSettings/Orders_c.ecaCanvas",
                    "defaults/policies.ecaOauthPlcy",
                ]
            )
            let texts = files.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
            for secret in ["3MVG9orders.key", PackagePlace.secret, "secret-callback", "orders.example/private"] {
                #expect(!texts.contains(secret))
            }
            let package = try AppPackage(reading: archive)
            #expect(package.components.header?.label == "Orders & more")
            #expect(package.components.globalOAuth == nil && package.components.oauthPolicies == nil)
            #expect(package.defaults?.sessionTimeoutInMinutes == 45)
            let stored = try #require(try await place.source.stored("Orders"))
            let link = "\(place.source.org.id.rawValue):\(try #require(stored.consumers.first).id.rawValue)"
            #expect(package.components.oauth?.record.oauthLink == link)
            #expect(package.components.header?.orgScopedExternalApp == "\(place.source.org.id.rawValue):Orders")
            #expect(try await place.source.auditedActions.last == "packageCreated")
        }
    }

    @Test(
        "app-model 6: a package that was changed after it was signed is refused, whatever was changed",
        arguments: TestDatabase.available
    )
    func tampered(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let archive = try await place.made()
            #expect(refusal(archive) == nil)
            for path in try ArchiveReader().files(of: archive).map(\.path) {
                let changed = try bent(archive) { files in
                    for (index, file) in files.enumerated() where file.path == path {
                        files[index] = ArchiveEntry(path: path, bytes: [file.bytes[0] ^ 1] + file.bytes.dropFirst())
                    }
                }
                #expect(refusal(changed) != nil, "\(path)")
                #expect(refusal(try bent(archive) { $0.removeAll { $0.path == path } }) != nil, "\(path)")
            }
            let added = try bent(archive) {
                $0.append(ArchiveEntry(path: "extlClntAppPolicies/Orders.ecaPlcy", bytes: [1]))
            }
            #expect(refusal(added)?.contains("was added") == true)
            let unsigned = try bent(archive) { $0.removeAll { $0.path == "package.signature" } }
            #expect(refusal(unsigned)?.contains("is not signed") == true)
            #expect(refusal(Array("PK".utf8)) != nil && refusal([]) != nil)
        }
    }

    @Test(
        "app-model 6: a signature of another key, of another package or of a manifest in another form is none",
        arguments: TestDatabase.available
    )
    func signatures(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let (first, second) = (try await place.made("1.0.0"), try await place.made("1.0.1"))
            let signature = try #require(
                try ArchiveReader().files(of: second).first { $0.path == "package.signature" }
            )
            let swapped = try bent(first) { files in
                for (index, file) in files.enumerated() where file.path == signature.path { files[index] = signature }
            }
            #expect(refusal(swapped)?.contains("its signature is not of its manifest") == true)
            let other = PackageKey()
            let resigned = try bent(first) { files in
                for (index, file) in files.enumerated() where file.path == "package.signature" {
                    let bytes =
                        (try? other.signature(of: Array("signet package signature 1\n".utf8) + files[0].bytes)) ?? []
                    files[index] = ArchiveEntry(path: file.path, bytes: Array(Base64URL.encode(bytes).utf8))
                }
            }
            #expect(refusal(resigned)?.contains("its signature is not of its manifest") == true)
            let manifest = String(decoding: try ArchiveReader().files(of: first)[0].bytes, as: UTF8.self)
            for (old, new, reason) in [
                ("Version: 1.0.0", "Version: 01.0.0", "means nothing"),
                ("Signet-Package: 1", "Signet-Package: 2", "newer"),
                ("Name: Orders\n", "", "lacks the field"), ("\n", "\r\n", "no package"),
                ("Created: ", "Created: 0", "one form"), ("Key: ES256", "Key: RS256", "one form"),
            ] {
                let other = try bent(first) { files in
                    files[0] = ArchiveEntry(path: files[0].path, bytes: Array(manifest.replacing(old, with: new).utf8))
                }
                #expect(refusal(other)?.contains(reason) == true, "\(new)")
            }
            let created = try #require(manifest.split(separator: "\n").first { $0.hasPrefix("Created: ") })
            for moment in ["-9223372036854775808", "-1", "253402300800000", "9223372036854775807"] {
                let other = try bent(first) { files in
                    let text = manifest.replacing(created, with: "Created: \(moment)")
                    files[0] = ArchiveEntry(path: files[0].path, bytes: Array(text.utf8))
                }
                #expect(refusal(other)?.contains("means nothing") == true, "\(moment)")
            }
        }
    }

    @Test(
        "app-model 6: what the maker of a package signs is held to the rules too",
        arguments: [
            ("extlClntAppGlobalOauthSets/Orders_g.ecaGlblOauth", "belongs to an org alone"),
            ("extlClntAppPolicies/Orders_p.ecaPlcy", "belongs to an org alone"),
            ("extlClntAppOauthSettings/Other_o.ecaOauth", "two documents"),
            ("defaults/policies.ecaOauthPlcy", "clientCredentialsFlowUser"),
            ("classes/A.cls", "not valid"),
        ]
    )
    func hostileMaker(path: String, reason: String) throws {
        var files = [
            PackagePlace.header(), PackagePlace.settings(),
        ].map { ArchiveEntry(path: $0.path, bytes: $0.bytes) }
        let document =
            switch path.split(separator: "/")[0] {
            case "extlClntAppGlobalOauthSets": PackagePlace.global()
            case "extlClntAppPolicies":
                ConnectedAppPlace.file(
                    path,
                    "ExtlClntAppConfigurablePolicies",
                    ["externalClientApplication": "Orders", "isEnabled": "true"]
                )
            case "extlClntAppOauthSettings": PackagePlace.settings("Full")
            default: PackagePlace.policies(["clientCredentialsFlowUser": "admin@subscriber.example"])
            }
        files.append(ArchiveEntry(path: path, bytes: document.bytes))
        let key = PackageKey()
        let manifest = AppPackageManifest(
            name: "Orders",
            version: try #require(PackageVersion("1.0.0")),
            sourceOrg: try #require(OrgID("00D000000000001")),
            sourceApp: try #require(AppID("0xI000000000001")),
            issuer: "https://evil.example",
            createdAt: PackagePlace.now,
            key: key.publicKey,
            files: files.map { AppPackageManifest.File($0) }
        )
        let signature = Base64URL.encode(try key.signature(of: manifest.signedBytes))
        let archive = try ArchiveWriter.archive(
            [
                ArchiveEntry(path: "package.manifest", bytes: manifest.bytes),
                ArchiveEntry(path: "package.signature", bytes: Array(signature.utf8)),
            ] + files
        )
        let said = try #require(refusal(archive))
        #expect(said.contains(reason) || path.hasPrefix("classes"), "\(said)")
    }

    @Test(
        "app-model 6.1: only a Packaged external client app with OAuth is packaged, each time in a higher version",
        arguments: TestDatabase.available
    )
    func packageable(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            func refusal(_ version: String, _ name: String = "Orders", _ defaults: OAuthPolicies? = nil) async throws
                -> String?
            {
                do {
                    _ = try await place.made(version, name, defaults: defaults)
                    return nil
                } catch let refusal as PackageRefusal {
                    return refusal.description
                }
            }
            #expect(try await refusal("1.1.0") == nil)
            for version in ["1.1.0", "1.0.9", "0.9.0"] {
                #expect(try await refusal(version)?.contains("is not above 1.1.0") == true)
            }
            #expect(try await refusal("1.10.0") == nil)
            try await place.source.deploy(ConnectedAppPlace.externalClientApp("Local"))
            #expect(try await refusal("1.0.0", "Local")?.contains("not Packaged") == true)
            try await place.source.deploy([ConnectedAppPlace.connectedApp()])
            #expect(try await refusal("1.0.0", "Billing")?.contains("signet app migrate Billing") == true)
            var defaults = OAuthPolicies()
            defaults.externalClientApplication = "Orders"
            defaults.commaSeparatedProfile = "Clerk"
            #expect(try await refusal("2.0.0", "Orders", defaults)?.contains("commaSeparatedProfile") == true)
            (defaults.commaSeparatedProfile, defaults.isClientCredentialsFlowEnabled) = (nil, true)
            #expect(try await refusal("2.0.0", "Orders", defaults)?.contains("isClientCredentialsFlowEnabled") == true)
            let push = ConnectedAppPlace.file(
                "extlClntAppPushSettings/Orders_p.ecaPush",
                "ExtlClntAppPushSettings",
                "<androidPushConfig><fcmProject>p</fcmProject><serviceAccount>c2VjcmV0</serviceAccount></androidPushConfig><externalClientApplication>Orders</externalClientApplication><pushServiceType>Android</pushServiceType>"
            )
            try await place.source.deploy([push])
            #expect(try await refusal("2.0.0")?.contains("credentials of the push service") == true)
        }
    }

    @Test(
        "app-model 6: a version is three numbers and is compared as such",
        arguments: [
            ("1.0.0", true), ("0.0.1", true), ("10.20.30", true), ("1.0", false), ("1.0.0.0", false), ("01.0.0", false),
            ("1.0.-1", false), ("1.0.0 ", false), ("a.b.c", false), ("", false), ("1.0.100000", false),
        ]
    )
    func versions(text: String, isVersion: Bool) throws {
        #expect(PackageVersion(text)?.description == (isVersion ? text : nil))
        let (nine, ten) = (try #require(PackageVersion("1.9.0")), try #require(PackageVersion("1.10.0")))
        #expect(nine < ten && !(ten < nine))
    }
}
