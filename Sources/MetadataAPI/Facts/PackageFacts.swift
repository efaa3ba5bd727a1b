import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// The facts of packages in JSON, as commands print them and as the resources of the REST API answer them.
public enum PackageFacts {
    /// Writes what a package says of itself.
    public static func write(_ manifest: AppPackageManifest, _ json: inout JSONWriter) {
        json.member("name", manifest.name)
        json.member("version", manifest.version.description)
        json.member("issuer", manifest.issuer)
        json.member("sourceOrg", manifest.sourceOrg.rawValue)
        json.member("createdAt", manifest.createdAt.rfc3339)
        json.member("fingerprint", manifest.key.fingerprint)
        json.array("files", of: manifest.files.map(\.path))
    }

    /// Writes a package that was looked into: its manifest, whether the org trusts its key, and what its documents say.
    public static func write(_ package: AppPackage, isTrusted: Bool, _ json: inout JSONWriter) {
        write(package.manifest, &json)
        json.member("isTrusted", isTrusted)
        json.object("elements") { elements in
            // A member stands once in an object (RFC 8259 section 4), an element of a document as often as it is a list.
            var times: [String: Int] = [:]
            for element in Self.elements(package) {
                let time = times[element.name, default: 0] + 1
                times[element.name] = time
                elements.member(named: time == 1 ? element.name : "\(element.name)[\(time)]", element.value)
            }
        }
    }

    /// What the documents of a package say, and what it suggests for policies.
    public static func elements(_ package: AppPackage) -> [(name: String, value: String)] {
        let documents = package.components.documents.flatMap { document in
            MetadataDocument.elements(of: document).map { ("\(document.type.rawValue).\($0.path)", $0.value) }
        }
        let defaults = package.defaults.map { defaults in
            MetadataDocument.elements(of: MetadataComponent(fullName: "policies", content: .oauthPolicies(defaults)))
                .map { ("defaults.\($0.path)", $0.value) }
        }
        return (documents + (defaults ?? [])).map { (name: $0.0, value: $0.1) }
    }

    /// Writes what would be done, and what was made if it was.
    public static func write(_ plan: PackagePlan, _ installed: PackageInstallation.Installed?, _ json: inout JSONWriter)
    {
        json.member("name", plan.developerName)
        json.member("step", plan.step.rawValue)
        json.member("from", ifPresent: plan.from)
        json.member("to", plan.to)
        json.member("isDone", installed != nil)
        json.member("id", ifPresent: installed?.id.rawValue)
        json.member("consumerKey", ifPresent: installed?.consumerKey)
        json.member("consumerSecret", ifPresent: installed?.newSecret?.revealed)
        json.array("differences") { ForecastFacts.write(plan.differences, &$0) }
        json.array("suggestions") { ForecastFacts.write(plan.suggestions, &$0) }
        json.array("refusals") { ForecastFacts.write(plan.refusals, &$0) }
        json.array("warnings") { ForecastFacts.write(plan.notices, &$0) }
    }

    /// What an org installed, made and trusts.
    public struct Listing: Sendable {
        private let installed: [(name: String, package: InstalledPackage)]
        private let made: [(name: String, package: PackageRecords.Made)]
        private let signers: [PackageSigners.Signer]

        /// Looks it up.
        public init(_ org: OrgID, on connection: any Connection) throws {
            installed = try PackageRecords.installed(org: org, on: connection)
            made = try PackageRecords.made(org: org, on: connection)
            signers = try PackageSigners.all(org: org, on: connection)
        }

        /// Writes all three lists.
        public func write(_ json: inout JSONWriter) {
            json.array("installed") { array in
                for (name, package) in installed {
                    array.object { object in
                        object.member("name", name)
                        object.member("version", package.version)
                        object.member("issuer", package.issuer)
                        object.member("fingerprint", package.fingerprint)
                        object.member("isAssociated", package.isAssociated)
                        object.member("installedAt", package.installedAt.rfc3339)
                        object.member("upgradedAt", ifPresent: package.upgradedAt?.rfc3339)
                    }
                }
            }
            json.array("made") { array in
                for (name, package) in made {
                    array.object { object in
                        object.member("name", name)
                        object.member("version", package.version)
                        object.member("createdAt", package.createdAt.rfc3339)
                    }
                }
            }
            json.array("trusted") { array in
                for signer in signers {
                    array.object { object in
                        object.member("fingerprint", signer.fingerprint)
                        object.member("issuer", signer.issuer)
                        object.member("trustedAt", signer.trustedAt.rfc3339)
                    }
                }
            }
        }
    }
}
