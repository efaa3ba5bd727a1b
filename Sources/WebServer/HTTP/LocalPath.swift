/// A path of the host that a request came to, with its query: where a browser may be sent that is to stay with us.
struct LocalPath: Hashable, Sendable {
    /// The path, which begins with one slash.
    let text: String

    /// The path that somebody asks for, with or without its first slash, or `nil` for what leads elsewhere.
    ///
    /// What browsers read as a host is none: two slashes, or a backslash, which they take for a slash (WHATWG URL section 4.4). Neither is a
    /// text with a scheme, or one that is no ASCII of a URL.
    ///
    /// - Parameter origin: the origin of the host; an address there is as good as its path.
    init?(_ asked: String, origin: String) {
        var rest = asked[...]
        if rest.hasPrefix(origin + "/") { rest = rest.dropFirst(origin.utf8.count) }
        let path = rest.hasPrefix("/") ? String(rest) : "/" + rest
        let first = path.dropFirst().prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard path.utf8.count <= Self.longest, !path.hasPrefix("//"), !first.contains(":"),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
        else { return nil }
        text = path
    }

    /// The longest that a path may be, in bytes.
    static let longest = 4_096

    private init(known: String) { text = known }

    /// The start page.
    static let home = LocalPath(known: "/")
}
