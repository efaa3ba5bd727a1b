import ClientApps
import HTTPTypes
import Hummingbird
import OAuthTypes

/// What keeps a request from its endpoint: told on a page to a person at a browser, as JSON to everybody else.
enum RequestProblem {
    /// No route has the path.
    case notFound
    /// No org has the host. It names no other host: who asks may know none.
    case misdirected
    /// The login host serves what leads to a token, and this is for the host of an org.
    case notAtLoginHost
    /// The path takes other methods.
    ///
    /// - Parameter remedy: what a person reads who opened or reloaded the path.
    case wrongMethod(allowed: [HTTPRequest.Method], remedy: String?)
    /// An endpoint broke, or refused without an answer of its own.
    case refused(OAuthError)
    /// The body is larger than any that is read.
    case tooLarge
    /// The framework refused.
    case other(HTTPResponse.Status)

    func response(to request: Request, _ context: SignetRequestContext) -> Response {
        var response =
            Self.wantsPage(request) ? Responses.page(page(context.id), status: status) : json
        if case .wrongMethod(let allowed, _) = self { response.headers[.allow] = Self.list(allowed) }
        // The rest of the body is on its way, and nobody wants it (RFC 9110 section 15.5.14).
        if case .tooLarge = self { response.headers[.connection] = "close" }
        return response
    }

    /// Browsers ask for HTML by name when somebody opens an address or sends a form (RFC 9110 section 12.5.1); clients of an API
    /// do not.
    private static func wantsPage(_ request: Request) -> Bool {
        request.headers[values: .accept].contains { $0.lowercased().contains("text/html") }
    }

    private static func list(_ methods: [HTTPRequest.Method]) -> String {
        methods.map(\.rawValue).joined(separator: ", ")
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .misdirected, .notAtLoginHost: .misdirectedRequest
        case .wrongMethod: .methodNotAllowed
        case .refused(let error): ErrorResponses.json(error, usedBasic: false).status
        case .tooLarge: .contentTooLarge
        case .other(let status): status
        }
    }

    private static let tooLargeText = "The body is larger than \(FormBody.maximumBytes) bytes; make it smaller."

    private static let notAtLoginHostText =
        "The login host does not serve this; use the My Domain host of the org, which is the instance_url of the token answer."

    private var json: Response {
        switch self {
        case .notFound:
            return ErrorResponses.rest(.notFound, "The requested resource does not exist", status: status)
        case .misdirected:
            return ErrorResponses.rest(
                .misdirectedRequest,
                "No org of this server has this host; use the host of the issuer.",
                status: status
            )
        case .notAtLoginHost:
            return ErrorResponses.rest(.misdirectedRequest, Self.notAtLoginHostText, status: status)
        case .wrongMethod(let allowed, _):
            let error = OAuthError(.invalidRequest, "must use HTTP \(Self.list(allowed))")
            var response = ErrorResponses.json(error, usedBasic: false)
            response.status = status
            return response
        case .refused(let error):
            return ErrorResponses.json(error, usedBasic: false)
        case .tooLarge:
            var response = ErrorResponses.json(OAuthError(.invalidRequest, Self.tooLargeText), usedBasic: false)
            response.status = status
            return response
        case .other(let status):
            return ErrorResponses.rest(.invalidRequest, status.reasonPhrase, status: status)
        }
    }

    private func page(_ id: String) -> ErrorPage {
        let code = "\(status.code) \(status.reasonPhrase)"
        switch self {
        case .notFound:
            return ErrorPage(
                "There is nothing here",
                code: code,
                text: "No page has this address. If an app sent you here, go back to it and start again.",
                requestID: id,
                hasHome: true
            )
        case .misdirected:
            return ErrorPage(
                "No org has this host name",
                code: code,
                text:
                    "This server does not answer to the host name in the address. Open the address that the app or your admin gave you; an operator whose proxy is in between lets it pass the host on.",
                requestID: id
            )
        case .notAtLoginHost:
            return ErrorPage(
                "This is at the host of an org",
                code: code,
                text: Self.notAtLoginHostText,
                requestID: id,
                hasHome: true
            )
        case .wrongMethod(_, let remedy):
            return ErrorPage(
                "This can’t be opened by itself",
                code: code,
                text: remedy ?? "Programs use this address, and it shows nothing in a browser.",
                requestID: id,
                hasHome: true
            )
        case .refused(let error):
            return ErrorPage(code: error.code.rawValue, text: error.text, requestID: id)
        case .tooLarge:
            return ErrorPage(code: code, text: Self.tooLargeText, requestID: id, hasHome: true)
        case .other:
            return ErrorPage(
                code: code,
                text: "The request could not be read. Go back and start again.",
                requestID: id,
                hasHome: true
            )
        }
    }
}
