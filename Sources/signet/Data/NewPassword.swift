import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage

/// The form of texts that people read on pages.
enum ShownText {
    /// - Throws: `ValidationError` that names the option.
    static func require(_ text: String, _ option: String) throws {
        guard PlainText.isPlain(text) else {
            throw ValidationError(
                "\(option) has a character that is not seen and changes how the rest is read; remove control characters and the marks of text direction"
            )
        }
    }
}

/// Makes and hashes passwords.
enum NewPassword {
    static func generate() -> Secret {
        var randomness = SystemRandomNumberGenerator()
        return Secret(RandomText.bytes(20, of: .base62, using: &randomness))
    }

    /// - Throws: ``CommandFailure`` for one that may not be set.
    static func require(_ password: Secret) throws {
        guard PasswordRule.isMet(by: password) else { throw CommandFailure(PasswordRule.text) }
    }

    static func hash(_ password: Secret) throws -> PasswordHash {
        try require(password)
        var randomness = SystemRandomNumberGenerator()
        return try PasswordHash(hashing: password, using: &randomness)
    }
}
