import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What a deployment may do with the consumer keys and secrets that documents bring.
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
            code: .warning,
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
            code: .duplicateValue,
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
            code: .duplicateValue,
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
                code: .fieldIntegrityException,
                problem: "The consumer key of an app cannot be changed by a deployment.",
                remedy: "Leave consumerKey out, or give the one that the app has."
            )
        }
        if let secret = given.secret,
            !Secret.constantTimeEqual(masterKey.digest(ofConsumerSecret: Secret(secret)), consumer.secretDigest)
        {
            throw MetadataError(
                element: "consumerSecret",
                code: .fieldIntegrityException,
                problem: "The consumer secret of an app cannot be changed by a deployment.",
                remedy: "Leave consumerSecret out, or give the one that the app has."
            )
        }
    }
}
