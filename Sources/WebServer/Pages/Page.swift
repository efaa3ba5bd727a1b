import Mustache

/// A page: plain values and the template that shows them. Everything that is shown is escaped as it is put in.
protocol Page: Sendable {
    /// The name of its template.
    static var template: String { get }
}

extension Page {
    /// The HTML of the page.
    func render() -> String {
        Templates.library.render(self, withTemplate: Self.template) ?? ""
    }
}

/// The templates, read once from what was built into the executable.
enum Templates {
    static let library: MustacheLibrary = {
        MustacheContentTypes.register(MarkupContentType(), named: MarkupContentType.name)
        var library = MustacheLibrary()
        for (name, bytes) in sources {
            do {
                try library.register(String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                preconditionFailure("the template \(name) does not parse: \(error)")
            }
        }
        return library
    }()

    private static let sources: [(String, [UInt8])] = [
        ("head", PackageResources.head_mustache),
        ("foot", PackageResources.foot_mustache),
        ("sign-in", PackageResources.sign_in_mustache),
        ("consent", PackageResources.consent_mustache),
        ("error", PackageResources.error_mustache),
        ("sign-out", PackageResources.sign_out_mustache),
        ("signed-out", PackageResources.signed_out_mustache),
        ("home", PackageResources.home_mustache),
        ("front-door", PackageResources.front_door_mustache),
    ]
}
