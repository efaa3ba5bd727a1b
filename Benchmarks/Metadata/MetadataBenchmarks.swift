import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures the Metadata API with many apps: what it costs for each app, beside reading the documents of one, in one run; and whether
/// the cost of one grows with the number of all.
@main
struct MetadataBenchmarks {
    static func main() async throws {
        let unit = try documentsOfOneApp()
        print(line("reading the documents of one app", "\(Int(unit * 1e6)) µs"))
        try resolution(unit: unit)
        try await Place.onEach { name, place in
            print("\n\(name)")
            try await deployments(place, unit: unit)
            try await lists(place, unit: unit)
            try await packages(place, unit: unit)
            try await archives(place)
        }
    }

    // MARK: What is measured

    private static func documentsOfOneApp() throws -> Double {
        let files = Bundles.app("Orders")
        return try seconds {
            for _ in 0..<1_000 { for file in files { _ = try MetadataDocument.parse(file: file) } }
        } / 1_000
    }

    private static func resolution(unit: Double) throws {
        guard let components = try AppFolder.read(Bundles.app("Orders")).first else { return }
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: Place.now, using: &randomness),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: Place.now
        )
        let identity = AppIdentity(
            id: AppID.make(prefix: App.idPrefix, now: Place.now, using: &randomness),
            consumers: [],
            isBlocked: false,
            isInstalled: true
        )
        let references = AppReferences(profile: { _ in nil }, permissionSet: { _ in nil }, user: { _ in nil })
        let time =
            try seconds {
                for _ in 0..<1_000 {
                    _ = try EffectiveApp.merge(
                        components: components,
                        identity: identity,
                        org: org,
                        resolve: references
                    )
                }
            } / 1_000
        print(line("resolving an effective app", "\(Int(time * 1e6)) µs, \(ratio(time, unit)) × its documents"))
    }

    private static func deployments(_ place: Place, unit: Double) async throws {
        let few = try Bundles.archive(of: (0..<100).map { "Few\($0)" })
        let many = try Bundles.archive(of: (0..<1_000).map { "App\($0)" })
        let first = try await seconds { try await place.deploy(few) } / 100
        let whole = try await seconds { try await place.deploy(many) }
        report("deploying 1,000 apps", whole, unit: unit, each: 1_000, ofFew: first)
        let again = try await seconds { try await place.deploy(many) }
        report("deploying them again", again, unit: unit, each: 1_000, ofFew: first)
    }

    private static func lists(_ place: Place, unit: Double) async throws {
        let few = try await seconds { _ = try await place.list([Bundles.types[0]]) } / 1_100
        let fewFiles = try await seconds { _ = try await place.retrieve([Bundles.types[0]]) } / 1_100
        for start in stride(from: 1_100, to: 9_999, by: 1_500) {
            let names = (start..<min(start + 1_500, 9_999)).map { "More\($0)" }
            try await place.deploy(try Bundles.archive(of: names))
        }
        let one = try await seconds {
            let count = try await place.list([Bundles.types[0]])
            guard count == 9_999 else { throw Place.Unexpected(description: "\(count) apps are listed") }
        }
        report("listing 9,999 apps", one, unit: unit, each: 9_999, ofFew: few)
        let three = try await seconds { _ = try await place.list(Array(Bundles.types.prefix(3))) }
        report("listing three types of them", three, unit: unit, each: 9_999, ofFew: few * 3)
        let files = try await seconds {
            let result = try await place.retrieve([Bundles.types[0]])
            guard result.failure == nil, result.files.count == 10_000 else {
                throw Place.Unexpected(description: "\(result.files.count) files are retrieved")
            }
        }
        report("retrieving 9,999 headers", files, unit: unit, each: 9_999, ofFew: fewFiles)
        let refused = try await seconds {
            guard try await place.retrieve(Bundles.types).failure != nil else {
                throw Place.Unexpected(description: "more files than the limit are retrieved")
            }
        }
        report("refusing to retrieve all of them", refused, unit: unit, each: 9_999, ofFew: fewFiles)
    }

    private static func packages(_ place: Place, unit: Double) async throws {
        let (org, other, masterKey) = (place.org, place.other, place.masterKey)
        let apps = try await place.database.read { connection in
            try (0..<20).compactMap { try AppRecords.find(developerName: "App\($0)", org: org.id, on: connection) }
        }
        let export = PackageExport(org: org, actor: .server, now: Place.now, masterKey: masterKey)
        let installation = PackageInstallation(org: other, actor: .server, now: Place.now, masterKey: masterKey)
        guard let version = PackageVersion("1.0.0") else { return }
        var packages: [AppPackage] = []
        for app in apps {
            let bytes = try await place.database.write {
                try export.create(app.id, version: version, defaults: nil, on: $0).bytes
            }
            packages.append(try AppPackage(reading: bytes))
        }
        if let manifest = packages.first?.manifest {
            try await place.database.write {
                try PackageSigners.trust(
                    manifest.key.fingerprint,
                    issuer: manifest.issuer,
                    org: other.id,
                    by: .server,
                    now: Place.now,
                    on: $0
                )
            }
        }
        let time = try await seconds {
            for package in packages {
                let plan = try await installation.plan(package, .installAssociated, in: place.database)
                _ = try await installation.perform(package, .installAssociated, approved: plan, in: place.database)
            }
        }
        report("planning and installing 20 packages", time, unit: unit, each: packages.count, ofFew: nil)
    }

    private static func archives(_ place: Place) async throws {
        for (name, archive) in [
            ("of the most bytes", try Bundles.largestArchive()),
            ("that unpacks to the most bytes", try Bundles.mostUnpacked()),
        ] {
            let before = Memory.resident()
            Memory.forgetPeak()
            let time = try await seconds { try await place.deploy(archive) }
            let more = max(0, Memory.peak() - before)
            print(
                line(
                    "deploying an archive \(name)",
                    "\(text(time)) s; \(archive.count / 1_000_000) MB, and \(more / 1_000_000) MB more memory at the peak"
                )
            )
        }
    }

    // MARK: Figures

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func report(_ name: String, _ time: Double, unit: Double, each count: Int, ofFew: Double?) {
        let one = time / Double(count)
        let growth = ofFew.map { ", \(ratio(one, $0)) × of one among few" } ?? ""
        print(line(name, "\(text(time)) s; one: \(Int(one * 1e6)) µs, \(ratio(one, unit)) × its documents\(growth)"))
    }

    private static func ratio(_ part: Double, _ whole: Double) -> String { text(part / whole) }

    private static func text(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }

    private static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 56 - name.count)) + value
    }
}

/// The memory of this process, as Linux counts it, in bytes.
enum Memory {
    static func resident() -> Int { figure("VmRSS:") }
    static func peak() -> Int { figure("VmHWM:") }

    /// Lets the peak begin anew.
    static func forgetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    private static func figure(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split { $0 == " " || $0 == "\t" }
            if words.first.map(String.init) == name, words.count > 1 { return (Int(words[1]) ?? 0) * 1_024 }
        }
        return 0
    }
}
