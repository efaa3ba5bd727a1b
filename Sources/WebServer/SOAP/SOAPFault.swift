import ClientApps
import Hummingbird
import Logging
import MetadataAPI
import OAuthTypes

/// Why a SOAP request is refused: an exception code of the original and a text, as a fault (facts: clients 3).
struct SOAPFault: Error, Hashable, Sendable {
    let code: StatusCode
    let text: String
    /// The element of the detail, such as `LoginFault`; none has no detail.
    var detail: String?

    init(_ code: StatusCode, _ text: String, detail: String? = nil) {
        (self.code, self.text, self.detail) = (code, text, detail)
    }

    init(_ fault: MetadataFault) {
        (code, text) = (fault.code, fault.description)
    }

    /// One text for whatever is wrong with a session, as the original has it.
    static let invalidSession = SOAPFault(
        .invalidSessionID,
        "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash"
    )

    func response(_ dialect: SOAPDialect) -> Response {
        var writer = SOAPWriter(dialect)
        writer.fault { writer in
            writer.element("faultcode", "sf:\(code.rawValue)")
            writer.element("faultstring", "\(code.rawValue): \(text)")
            guard let detail else { return }
            writer.open("detail")
            writer.open("sf:\(detail) xsi:type=\"sf:\(detail)\"")
            writer.element("sf:exceptionCode", code.rawValue)
            writer.element("sf:exceptionMessage", text)
            writer.close("sf:\(detail)")
            writer.close("detail")
        }
        var response = writer.response(status: .internalServerError)
        if code == .serverUnavailable { response.headers[.retryAfter] = "2" }
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
        logger.info("refused", metadata: ["code": .string(fault.code.rawValue)])
    }
}
