import Crypto
import OAuthTypes

/// The one stylesheet of all pages; its path changes with its content, so that caches may keep it.
enum Stylesheet {
    static let bytes: [UInt8] = PackageResources.signet_css

    static let path: String = {
        let digest = SHA256.hash(data: bytes)
        return "/assets/signet-\(Base64URL.encode(digest).prefix(12)).css"
    }()
}

/// The picture that browsers show beside the title of a page.
enum Icon {
    static let bytes: [UInt8] = PackageResources.signet_svg
    static let path = "/assets/signet.svg"
}
