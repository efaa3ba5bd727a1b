import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What a deployment may do with consumer keys and secrets.
extension AppDeployment {
    func requireConfirmedRotation(_ global: GlobalOAuthSettings?) throws(MetadataError) {
        guard let global, !ignoreWarnings else { return }
        let flags = [
            ("shouldRotateConsumerKey", "key", global.shouldRotateConsumerKey),
            ("shouldRotateConsumerSecret", "secret", global.shouldRotateConsumerSecret),
        ]
        guard let (element, part, _) = flags.first(where: { $0.2 == true }) else { return }
        throw MetadataError(
            element: element,
            code: MetadataError.warning,
            problem:
                "The consumer \(part) is replaced at once: clients that have the present one are refused from then on.",
            remedy:
                "Deploy with ignoreWarnings to do it all the same, or stage a pair and rotate it in with an overlap."
        )
    }

    func requireFreeKey(_ given: GivenCredentials?, on connection: any Connection) throws {
        guard let key = given?.key, try AppRecords.hasConsumer(key: key, on: connection) else { return }
        throw MetadataError(
            element: "consumerKey",
            code: "DUPLICATE_VALUE",
            problem: "The consumer key is already in use.",
            remedy: "Leave consumerKey out to have one made, or choose another."
        )
    }

    /// The secret of a connected app is its own in its org (facts: app-model 2).
    func requireOwnSecret(
        _ given: GivenCredentials?,
        of kind: AppKind,
        org: OrgID,
        on connection: any Connection
    ) throws {
        guard kind == .connectedApp, let secret = given?.secret else { return }
        let digest = masterKey.digest(ofConsumerSecret: Secret(secret))
        guard try Credentials.hasSecret(digest: digest, org: org, on: connection) else { return }
        throw MetadataError(
            element: "consumerSecret",
            code: "DUPLICATE_VALUE",
            problem: "The consumer secret is not unique in the org.",
            remedy: "Leave consumerSecret out to have one made, or choose another."
        )
    }

    /// The original ignores a changed key silently; here it is refused, so that nobody believes it changed.
    func requireUnchangedConsumer(_ stored: AppRecords.Stored, _ given: GivenCredentials?)
        throws(MetadataError)
    {
        guard let given, let consumer = stored.consumers.first(where: { $0.state == .active }) else { return }
        if let key = given.key, key != consumer.key {
            throw MetadataError(
                element: "consumerKey",
                code: "FIELD_INTEGRITY_EXCEPTION",
                problem: "The consumer key of an app cannot be changed by a deployment.",
                remedy: "Leave consumerKey out, or give the one that the app has."
            )
        }
        if let secret = given.secret,
            !Secret.constantTimeEqual(masterKey.digest(ofConsumerSecret: Secret(secret)), consumer.secretDigest)
        {
            throw MetadataError(
                element: "consumerSecret",
                code: "FIELD_INTEGRITY_EXCEPTION",
                problem: "The consumer secret of an app cannot be changed by a deployment.",
                remedy: "Leave consumerSecret out, or give the one that the app has."
            )
        }
    }
}

/// The consumer key and secret that documents bring; `nil` for what is to be made.
struct GivenCredentials: Sendable {
    let key: String?
    let secret: String?

    /// What a document says; an empty element is one that is left out.
    init(key: String?, secret: String?) {
        self.key = key.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        self.secret = secret.flatMap { $0.trimmed.isEmpty ? nil : $0 }
    }
}

extension AppComponents {
    /// What the documents bring; `nil` for an app without OAuth.
    var givenCredentials: GivenCredentials? {
        if kind == .connectedApp {
            return connectedApp?.oauthConfig.map { GivenCredentials(key: $0.consumerKey, secret: $0.consumerSecret) }
        }
        return globalOAuth.map { GivenCredentials(key: $0.record.consumerKey, secret: $0.record.consumerSecret) }
    }

    /// These components with those of another set in their places.
    func updated(with given: AppComponents) -> AppComponents {
        var merged = self
        if let header = given.header { merged.header = header }
        if let globalOAuth = given.globalOAuth { merged.globalOAuth = globalOAuth }
        if let oauth = given.oauth { merged.oauth = oauth }
        if let oauthPolicies = given.oauthPolicies { merged.oauthPolicies = oauthPolicies }
        if let appPolicies = given.appPolicies { merged.appPolicies = appPolicies }
        merged.plugins.merge(given.plugins) { _, new in new }
        if let connectedApp = given.connectedApp {
            merged.connectedApp = merged.connectedApp.map(connectedApp.keepingPolicies) ?? connectedApp
        }
        return merged
    }
}

extension MetadataError {
    /// The error with the file that it is about.
    func located(in file: SourceFile) -> MetadataError {
        MetadataError(
            file: file.path,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        ).onLine(of: file)
    }

    /// The error with the file that has its element, where it names none.
    func located(in app: AppComponents, _ files: [SourceFile]) -> MetadataError {
        guard file.isEmpty else { return self }
        let names = app.documents.map(\.fullName)
        let owner = files.first { file in
            let base = file.path.split(separator: "/").last.map(String.init) ?? ""
            let isOfApp = names.contains { base.hasPrefix($0 + ".") }
            return isOfApp && element.map { file.bytes.firstRange(of: Array("<\($0)>".utf8)) != nil } ?? true
        }
        return MetadataError(
            file: owner?.path ?? app.developerName,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        ).onLine(of: owner)
    }
}
