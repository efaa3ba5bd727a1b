/// The documents of one app, each satellite with its own full name.
public struct AppComponents: Hashable, Sendable {
    /// A document about an app beside its header, and the full name it has in its folder.
    public struct Satellite<Record: Hashable & Sendable>: Hashable, Sendable {
        /// The full name of the document: its file name without suffix, such as `Orders_oauth`.
        public var fullName: String
        /// What the document says.
        public var record: Record
        /// Pairs a document with its full name.
        public init(fullName: String, record: Record) { (self.fullName, self.record) = (fullName, record) }
    }

    /// The developer name of the app: the file name of its header, and what every satellite refers to.
    public var developerName: String
    /// The header; `nil` while only satellites are known.
    public var header: ExternalClientApplication?
    /// The global OAuth settings, which the developer owns.
    public var globalOAuth: Satellite<GlobalOAuthSettings>?
    /// The OAuth settings, which the developer owns.
    public var oauth: Satellite<OAuthSettings>?
    /// The OAuth policies, which the admin owns.
    public var oauthPolicies: Satellite<OAuthPolicies>?
    /// The app policies, which the admin owns.
    public var appPolicies: Satellite<AppPolicies>?
    /// The document of a connected app; beside a header, that of the connected app which the external client app was.
    public var connectedApp: ConnectedApp?
    /// Its other documents, at most one of each type: those of its other plugins, which Signet keeps and returns, and the security settings.
    public var plugins: [MetadataType: MetadataComponent] = [:]

    /// The form in which a developer name is unique and looked up.
    public var comparableName: String { AppComponents.comparable(name: developerName) }

    /// The form in which a developer name is unique and looked up: lower case.
    public static func comparable(name: String) -> String { name.lowercased() }

    /// An app with its header alone, or with nothing yet.
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
            (record.isClientCredentialsFlowEnabled, record.isTokenExchangeFlowEnabled) = (false, false)
            record.isGuestCodeCredFlowEnabled = false
            oauthPolicies = Satellite(fullName: "\(oauth.fullName)_defaultPolicy", record: record)
        }
    }

    /// The documents that are there.
    public var documents: [MetadataComponent] {
        [
            header.map { MetadataComponent(fullName: developerName, content: .externalClientApplication($0)) },
            globalOAuth.map { MetadataComponent(fullName: $0.fullName, content: .globalOAuthSettings($0.record)) },
            oauth.map { MetadataComponent(fullName: $0.fullName, content: .oauthSettings($0.record)) },
            oauthPolicies.map { MetadataComponent(fullName: $0.fullName, content: .oauthPolicies($0.record)) },
            appPolicies.map { MetadataComponent(fullName: $0.fullName, content: .appPolicies($0.record)) },
            connectedApp.map { MetadataComponent(fullName: developerName, content: .connectedApp($0)) },
        ].compactMap { $0 } + MetadataType.allCases.compactMap { plugins[$0] }
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
        try put(
            files.compactMap { file in
                let document = Result { () throws(MetadataError) in try component(in: file) }
                if case .success(nil) = document { return nil }
                return (file, document)
            },
            existingApps
        )
    }

    /// Puts apps together from documents that were read already, as ``read(_:existingApps:)`` does.
    ///
    /// - Throws: every error that was found.
    public static func apps(
        of documents: [(file: SourceFile, component: MetadataComponent)],
        existingApps: Set<String> = []
    ) throws(MetadataErrors) -> [AppComponents] {
        try put(documents.map { ($0.file, .success($0.component)) }, existingApps)
    }

    /// The document in a file; `nil` for a manifest.
    private static func component(in file: SourceFile) throws(MetadataError) -> MetadataComponent? {
        guard file.path == "package.xml" else { return try MetadataDocument.parse(file: file) }
        _ = try XMLNode.read(file.bytes)
        return nil
    }

    private static func put(
        _ documents: [(SourceFile, Result<MetadataComponent?, MetadataError>)],
        _ existingApps: Set<String>
    ) throws(MetadataErrors) -> [AppComponents] {
        var errors: [MetadataError] = []
        var apps: [String: FoundApp] = [:]
        for (file, document) in documents {
            do throws(MetadataError) {
                guard let component = try document.get() else { continue }
                guard let name = component.appName ?? component.connectedAppName else {
                    throw MetadataError(
                        file: file.path,
                        code: .unsupportedType,
                        problem: "A \(component.type.rawValue) is no part of an app.",
                        remedy: "Deploy it through the Metadata API, or take it out of the folder."
                    )
                }
                let comparable = AppComponents.comparable(name: name)
                try apps[comparable, default: FoundApp(name)].add(component, of: file)
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
                code: .duplicateDeveloperName,
                problem: "The app '\(components.developerName)' has a document of this type already.",
                remedy: "Keep one; names that differ in upper and lower case alone are one name."
            )
        }
        files[component.type] = file
        // The header has the name as its developer writes it.
        let makesApp = [.externalClientApplication, .connectedApp].contains(component.type)
        if makesApp { components.developerName = component.fullName }
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
        let name = component.fullName
        switch component.content {
        case .externalClientApplication(let record): return put(record, &header)
        case .globalOAuthSettings(let record): return put(Satellite(fullName: name, record: record), &globalOAuth)
        case .oauthSettings(let record): return put(Satellite(fullName: name, record: record), &oauth)
        case .oauthPolicies(let record): return put(Satellite(fullName: name, record: record), &oauthPolicies)
        case .appPolicies(let record): return put(Satellite(fullName: name, record: record), &appPolicies)
        case .connectedApp(let record): return put(record, &connectedApp)
        default: return component.type.isSatellite && put(component, &plugins[component.type])
        }
    }
}
