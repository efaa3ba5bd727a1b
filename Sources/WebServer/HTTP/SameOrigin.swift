import HTTPTypes
import Hummingbird
import Orgs

/// Whether a request was sent by a page of our own, as far as the browser says where it comes from (security: row 19).
enum SameOrigin {
    static func sent(_ request: Request, _ context: SignetRequestContext) -> Bool {
        let site = request.headers[.secFetchSite]
        let origin = request.headers[.origin]
        let isForeign = site.map { $0 != "same-origin" && $0 != "none" } ?? false
        let own = context.loginOrigin ?? context.org?.issuer
        return !isForeign
            && (origin == nil || origin == "null"
                || own.map { Authority(origin: origin ?? "").names(origin: $0) } ?? false)
    }
}
