import HTTPTypes
import Hummingbird

extension Responses {
    /// A page with the policy that every page has: nothing but its own style and pictures, and no script (CSP level 3).
    ///
    /// - Parameter formTargets: where its forms may lead, redirects included; nowhere, if there are none, and anywhere, if that is `nil`.
    static func page(_ page: some Page, status: HTTPResponse.Status = .ok, formTargets: [String]? = []) -> Response {
        var response = bytes(Array(page.render().utf8), contentType: "text/html;charset=UTF-8", status: status)
        let forms = formTargets.map { $0.isEmpty ? "'none'" : $0.joined(separator: " ") }
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; \(forms.map { "form-action \($0); " } ?? "")frame-ancestors 'none'; base-uri 'none'"
        return response
    }
}
