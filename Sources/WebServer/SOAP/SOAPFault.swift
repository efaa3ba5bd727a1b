import Hummingbird
import Logging
import MetadataAPI
import OAuthTypes

/// Why a SOAP request is refused: an exception code of the original and a text, as a fault (facts: clients 3).
struct SOAPFault: Error, Hashable, Sendable {
    /// The codes that are no ``MetadataFault/Code``.
    enum Code: String, Hashable, Sendable {
        case client = "INVALID_SOAP_MESSAGE"
        case invalidSession = "INVALID_SESSION_ID"
        case invalidLogin = "INVALID_LOGIN"
        case apiDisabled = "API_CURRENTLY_DISABLED"
        case apiDisabledForOrg = "API_DISABLED_FOR_ORG"
        case restrictedAddress = "LOGIN_DURING_RESTRICTED_DOMAIN"
        case loginBlocked = "FUNCTIONALITY_NOT_ENABLED"
        case insufficientAccess = "INSUFFICIENT_ACCESS"
        case unavailable = "SERVER_UNAVAILABLE"
        case limitExceeded = "LIMIT_EXCEEDED"
        case unknownOperation = "INVALID_OPERATION"
        case unsupportedVersion = "UNSUPPORTED_API_VERSION"
        case unknown = "UNKNOWN_EXCEPTION"
    }

    let code: String
    let text: String
    /// The element of the detail, such as `LoginFault`; none has no detail.
    var detail: String?

    init(_ code: Code, _ text: String, detail: String? = nil) {
        (self.code, self.text, self.detail) = (code.rawValue, text, detail)
    }

    init(_ fault: MetadataFault) {
        (code, text) = (fault.code.rawValue, fault.description)
    }

    /// One text for whatever is wrong with a session, as the original has it.
    static let invalidSession = SOAPFault(
        .invalidSession,
        "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash"
    )

    func response(_ dialect: SOAPDialect) -> Response {
        var writer = SOAPWriter(dialect)
        writer.fault { writer in
            writer.element("faultcode", "sf:\(code)")
            writer.element("faultstring", "\(code): \(text)")
            guard let detail else { return }
            writer.open("detail")
            writer.open("sf:\(detail) xsi:type=\"sf:\(detail)\"")
            writer.element("sf:exceptionCode", code)
            writer.element("sf:exceptionMessage", text)
            writer.close("sf:\(detail)")
            writer.close("detail")
        }
        var response = writer.response(status: .internalServerError)
        if code == Code.unavailable.rawValue { response.headers[.retryAfter] = "2" }
        return response
    }
}

/// Whose namespaces an answer has.
enum SOAPDialect: String, Hashable, Sendable {
    case metadata = "http://soap.sforce.com/2006/04/metadata"
    case partner = "urn:partner.soap.sforce.com"
    case enterprise = "urn:enterprise.soap.sforce.com"

    /// The namespace that exception codes are in.
    var faultNamespace: String {
        switch self {
        case .metadata: rawValue
        case .partner: "urn:fault.partner.soap.sforce.com"
        case .enterprise: "urn:fault.enterprise.soap.sforce.com"
        }
    }
}

extension SignetRequestContext {
    /// Notes why this request is refused, since every fault has the status 500.
    func note(_ fault: SOAPFault) {
        logger.info("refused", metadata: ["code": .string(fault.code)])
    }
}
