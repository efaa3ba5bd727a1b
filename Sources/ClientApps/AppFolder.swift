/// The documents of one app, each satellite with its own full name.
public struct AppComponents: Hashable, Sendable {
    public struct Satellite<Record: Hashable & Sendable>: Hashable, Sendable {
        public var fullName: String
        public var record: Record
        public init(fullName: String, record: Record) { (self.fullName, self.record) = (fullName, record) }
    }

    public var developerName: String
    public var header: ExternalClientApplication?
    public var globalOAuth: Satellite<GlobalOAuthSettings>?
    public var oauth: Satellite<OAuthSettings>?
    public var oauthPolicies: Satellite<OAuthPolicies>?
    public var appPolicies: Satellite<AppPolicies>?

    /// The form in which a developer name is unique and looked up.
    public var comparableName: String { AppComponents.comparable(name: developerName) }

    /// The form in which a developer name is unique and looked up: lower case.
    public static func comparable(name: String) -> String { name.lowercased() }

    public init(developerName: String, header: ExternalClientApplication? = nil) {
        (self.developerName, self.header) = (developerName, header)
    }

    /// Makes the policies that are missing, as a save in Setup does; what is there stays.
    public mutating func addDefaultPolicies() {
        if appPolicies == nil {
            var record = AppPolicies()
            (record.externalClientApplication, record.isEnabled, record.isOAuthPluginEnabled) = (
                developerName, true, true
            )
            record.startPage = StartPage.none
            appPolicies = Satellite(fullName: "\(developerName)_defaultPolicy", record: record)
        }
        if let oauth, oauthPolicies == nil {
            var record = OAuthPolicies()
            record.externalClientApplication = developerName
            (record.ipRelaxation, record.permittedUsersPolicyType) = (.enforce, .allSelfAuthorized)
            (record.refreshTokenPolicyType, record.refreshTokenValidityPeriod) = (.specificLifetime, 365)
            (record.refreshTokenValidityUnit, record.requiredSessionLevel) = (.days, .standard)
            oauthPolicies = Satellite(fullName: "\(oauth.fullName)_defaultPolicy", record: record)
        }
    }

    /// The documents that are there.
    public var documents: [MetadataComponent] {
        [
            header.map { .application(name: developerName, $0) },
            globalOAuth.map { .globalOAuth(name: $0.fullName, $0.record) },
            oauth.map { .oauth(name: $0.fullName, $0.record) },
            oauthPolicies.map { .oauthPolicies(name: $0.fullName, $0.record) },
            appPolicies.map { .appPolicies(name: $0.fullName, $0.record) },
        ].compactMap { $0 }
    }
}

/// A folder of metadata, read as a whole.
public enum AppFolder {
    /// Reads all apps of a folder, in the order of their names.
    ///
    /// - Parameter existingApps: the comparable names of the apps that a satellite may name though their header is not in the
    ///   folder.
    /// - Throws: every error that was found.
    public static func read(_ files: [SourceFile], existingApps: Set<String> = []) throws(MetadataErrors)
        -> [AppComponents]
    {
        var errors: [MetadataError] = []
        var apps: [String: FoundApp] = [:]
        for file in files {
            do throws(MetadataError) {
                if file.path == "package.xml" {
                    _ = try XMLReader.read(file.bytes)
                    continue
                }
                let component = try MetadataDocument.parse(file: file)
                let name = AppComponents.comparable(name: component.appName)
                try apps[name, default: FoundApp(component.appName)].add(component, of: file)
            } catch { errors.append(error) }
        }
        let sorted = apps.sorted { $0.key < $1.key }.map(\.value)
        for app in sorted {
            errors += app.problems(existsAlready: existingApps.contains(app.components.comparableName))
        }
        guard errors.isEmpty else { throw MetadataErrors(errors: errors) }
        return sorted.map(\.components)
    }
}

/// An app while the files of a folder are gone through, with the file that each document came from.
private struct FoundApp {
    private(set) var components: AppComponents
    private var files: [MetadataType: SourceFile] = [:]

    init(_ name: String) { components = AppComponents(developerName: name) }

    mutating func add(_ component: MetadataComponent, of file: SourceFile) throws(MetadataError) {
        guard components.add(component) else {
            throw MetadataError(
                file: file.path,
                code: "DUPLICATE_DEVELOPER_NAME",
                problem: "The app '\(component.appName)' has a document of this type already.",
                remedy: "Keep one; names that differ in upper and lower case alone are one name."
            )
        }
        files[component.type] = file
        // The header has the name as its developer writes it.
        if component.type == .application { components.developerName = component.appName }
    }

    func problems(existsAlready: Bool) -> [MetadataError] {
        AppRules.problems(of: components, existsAlready: existsAlready) { files[$0]?.path ?? "" }.map { error in
            error.onLine(of: files.values.first { $0.path == error.file })
        }
    }
}

extension MetadataError {
    /// The error with the line on which its element stands in a file, where it has none yet.
    public func onLine(of source: SourceFile?) -> MetadataError {
        guard line == nil, let element, let source,
            let place = source.bytes.firstRange(of: Array("<\(element)>".utf8))
        else { return self }
        let line = 1 + source.bytes[..<place.lowerBound].count { $0 == 0x0A }
        return MetadataError(
            file: file,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        )
    }
}

extension AppComponents {
    /// Puts a component in its place.
    ///
    /// - Returns: whether the place was free.
    public mutating func add(_ component: MetadataComponent) -> Bool {
        func put<Value>(_ value: Value, _ place: inout Value?) -> Bool {
            guard place == nil else { return false }
            place = value
            return true
        }
        switch component {
        case .application(_, let record): return put(record, &header)
        case .globalOAuth(let name, let record): return put(Satellite(fullName: name, record: record), &globalOAuth)
        case .oauth(let name, let record): return put(Satellite(fullName: name, record: record), &oauth)
        case .oauthPolicies(let name, let record): return put(Satellite(fullName: name, record: record), &oauthPolicies)
        case .appPolicies(let name, let record): return put(Satellite(fullName: name, record: record), &appPolicies)
        }
    }
}
