import HTTPTypes
import Hummingbird
import OAuthTypes

/// The cookies of Signet: one for the browser, one for the session of a signed-in user, one that an account knows the browser by.
struct Cookies: Sendable {
    /// Whether the issuer is https: then the names have the host prefix and the cookies are `Secure` (RFC 6265bis section 4.1.3).
    let isSecure: Bool

    private func name(_ plain: String) -> String { isSecure ? "__Host-signet-\(plain)" : "signet-\(plain)" }

    /// The cookie that tells browsers apart.
    func browser(_ request: Request) -> String? { value(name("browser"), request) }

    /// The cookie of a session.
    func session(_ request: Request) -> String? { value(name("session"), request) }

    /// The mark of a browser that an account knows.
    func mark(_ request: Request) -> String? { value(name("known"), request) }

    func setBrowser(_ value: String, on response: inout Response) { set(name("browser"), value, on: &response) }

    func setSession(_ value: Secret, on response: inout Response) {
        set(name("session"), value.revealed, on: &response)
    }

    /// The mark outlives the session and the sign-out: it gives no access, it only keeps strangers from locking the user out.
    func setMark(_ value: Secret, on response: inout Response) {
        append("\(name("known"))=\(value.revealed); Path=/; Max-Age=15552000\(attributes)", to: &response)
    }

    func clearSession(on response: inout Response) {
        append("\(name("session"))=; Path=/; Max-Age=0\(attributes)", to: &response)
    }

    private func set(_ name: String, _ value: String, on response: inout Response) {
        append("\(name)=\(value); Path=/\(attributes)", to: &response)
    }

    private var attributes: String { (isSecure ? "; Secure" : "") + "; HttpOnly; SameSite=Lax" }

    private func append(_ cookie: String, to response: inout Response) {
        response.headers.append(HTTPField(name: .setCookie, value: cookie))
    }

    private func value(_ name: String, _ request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0] == name, parts[1].utf8.count <= 128,
                    parts[1].utf8.allSatisfy(Base62.isDigit)
                {
                    return String(parts[1])
                }
            }
        }
        return nil
    }
}
