/// What a callback URL may be, checked when it is saved and again when it is used (RFC 9700 section 2.1).
public enum RedirectURIRule {
    private static let refusedSchemes: Set<String> = [
        "javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp", "mailto", "view-source",
        "filesystem", "urn",
        "jar", "chrome", "resource", "intent", "content",
        // Handled by the operating system or the browser itself, some with a program's arguments in them.
        "shell", "res", "itms-services", "itms", "itms-apps", "tel", "sms", "callto", "facetime", "market", "search",
        "search-ms",
        "mk", "ms-its", "hcp", "ldap", "news", "nntp", "telnet", "ssh", "sftp", "smb", "afp", "nfs", "vnc", "rdp",
        "cid", "mid",
        "wyciwyg", "moz-extension", "chrome-extension", "edge", "opera", "help", "x-apple", "applescript",
    ]

    /// The beginnings of schemes of the system's programs, and the schemes with them that are of apps all the same.
    private static let refusedFamilies = ["ms-", "x-apple."]
    private static let appsOfFamilies: Set<String> = ["ms-app", "ms-appx-web"]

    /// The callback URLs of a `callbackUrl` element, one a line.
    public static func split(_ element: String) -> [String] {
        element.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Refuses a URI that must not be redirected to.
    ///
    /// - Throws: `INVALID_CALLBACK_URL` with what is wrong with it.
    public static func check(_ uri: String) throws(MetadataError) {
        guard let problem = problem(of: uri) else { return }
        throw MetadataError(
            element: "callbackUrl",
            code: .invalidCallbackURL,
            problem: problem,
            remedy:
                "Use an absolute https URL, http on localhost, or a scheme of your own; no fragment and no user name."
        )
    }

    static func problem(of uri: String) -> String? {
        let bytes = Array(uri.utf8)
        guard bytes.count <= 2_000 else { return "The callback URL is longer than 2,000 characters." }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && !Array("\\\"<>^`{|}#".utf8).contains($0) }) else {
            return "The callback URL has a character that it must not have."
        }
        guard let colon = uri.firstIndex(of: ":") else { return "The callback URL has no scheme." }
        let scheme = uri[..<colon].lowercased()
        guard scheme.first?.isLetter == true, scheme.allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) })
        else {
            return "The callback URL has no valid scheme."
        }
        // Content security policies and registrations compare schemes; one spelling leaves no doubt (RFC 3986 section 3.1).
        guard scheme.utf8.elementsEqual(uri[..<colon].utf8) else {
            return "The scheme of the callback URL has a capital letter; write it as \(scheme)."
        }
        let isOfFamily = refusedFamilies.contains(where: scheme.hasPrefix) && !appsOfFamilies.contains(scheme)
        if refusedSchemes.contains(scheme) || isOfFamily {
            return "The scheme of the callback URL is one of the system's, not of an app; choose one of your own."
        }
        let rest = uri[uri.index(after: colon)...]
        if rest.isEmpty { return "The callback URL names nothing after its scheme." }
        let authority = rest.hasPrefix("//") ? rest.dropFirst(2).prefix { !"/?".contains($0) } : ""
        if authority.contains("@") { return "The callback URL has a user name." }
        guard scheme == "https" || scheme == "http" else { return nil }
        guard let host = host(of: authority) else { return "The callback URL has no valid host or port." }
        if scheme == "http", !["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased()) {
            return "The callback URL uses http for a host that is not this machine."
        }
        return nil
    }

    private static func host(of authority: Substring) -> Substring? {
        let end =
            authority.first == "["
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end, end > authority.startIndex else { return nil }
        let port = authority[end...]
        guard
            port.isEmpty
                || port.first == ":" && UInt16(port.dropFirst()) != nil && port.dropFirst().allSatisfy(\.isNumber)
        else {
            return nil
        }
        let host = authority[..<end]
        let allowed = host.first == "[" ? "[]:." : ".-_"
        return host.allSatisfy { $0.isLetter || $0.isNumber || allowed.contains($0) } ? host : nil
    }

    /// Whether a presented URI is one of the registered: byte by byte, but for the port of a loopback IP address
    /// (RFC 8252 section 7.3).
    public static func matches(registered: [String], presented: String) -> Bool {
        guard problem(of: presented) == nil else { return false }
        let bytes = Array(presented.utf8)
        if registered.contains(where: { Array($0.utf8) == bytes }) { return true }
        guard let loopback = withoutLoopbackPort(presented) else { return false }
        return registered.contains { withoutLoopbackPort($0) == loopback }
    }

    private static func withoutLoopbackPort(_ uri: String) -> [UInt8]? {
        for prefix in ["http://127.0.0.1", "http://[::1]"] where uri.hasPrefix(prefix) {
            var rest = uri.dropFirst(prefix.count)
            if rest.first == ":" { rest = rest.dropFirst().drop(while: \.isNumber) }
            guard rest.isEmpty || "/?".contains(rest.first ?? "/") else { return nil }
            return Array((prefix + rest).utf8)
        }
        return nil
    }
}
