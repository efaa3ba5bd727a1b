import HTTPTypes
import Hummingbird
import NIOCore
import OAuthTypes

/// Writes a SOAP answer: the prefix is `soapenv`, and results stand in the default namespace, so that they carry none (facts: clients 3).
struct SOAPWriter {
    private let dialect: SOAPDialect
    private var text: [UInt8] = []

    init(_ dialect: SOAPDialect) {
        self.dialect = dialect
    }

    // MARK: Elements

    mutating func open(_ tag: String) { append("<\(tag)>") }
    mutating func close(_ name: String) { append("</\(name)>") }

    mutating func element(_ name: String, _ value: String) {
        append("<\(name)>\(MarkupText.escaped(value))</\(name)>")
    }

    mutating func element(_ name: String, ifPresent value: String?) {
        if let value { element(name, value) }
    }

    mutating func element(_ name: String, _ value: Bool) { append("<\(name)>\(value)</\(name)>") }
    mutating func element(_ name: String, _ value: Int) { append("<\(name)>\(value)</\(name)>") }
    mutating func element(_ name: String, _ moment: Timestamp) { append("<\(name)>\(moment.rfc3339)</\(name)>") }

    mutating func element(_ name: String, ifPresent moment: Timestamp?) {
        if let moment { element(name, moment) }
    }

    /// An element without a value.
    mutating func none(_ name: String) { append("<\(name) xsi:nil=\"true\"/>") }

    /// An element whose content needs no escaping, such as base64.
    mutating func element(_ name: String, verbatim content: some Sequence<UInt8>) {
        append("<\(name)>")
        text.append(contentsOf: content)
        append("</\(name)>")
    }

    /// Markup that was written elsewhere.
    mutating func markup(_ markup: String) { append(markup) }

    private mutating func append(_ piece: String) { text.append(contentsOf: piece.utf8) }

    // MARK: Envelopes

    /// The answer of an operation, around what the closure writes into its result.
    mutating func answer(_ operation: String, _ content: (inout SOAPWriter) -> Void) {
        append(
            """
            <?xml version="1.0" encoding="UTF-8"?>\
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="\(dialect.rawValue)" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><\(operation)Response>
            """
        )
        content(&self)
        append("</\(operation)Response></soapenv:Body></soapenv:Envelope>")
    }

    mutating func fault(_ content: (inout SOAPWriter) -> Void) {
        append(
            """
            <?xml version="1.0" encoding="UTF-8"?>\
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="\(dialect.faultNamespace)" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>
            """
        )
        content(&self)
        append("</soapenv:Fault></soapenv:Body></soapenv:Envelope>")
    }

    func response(status: HTTPResponse.Status = .ok) -> Response {
        Responses.bytes(text, contentType: "text/xml;charset=UTF-8", status: status)
    }

    /// What was written, for those who look at it.
    var bytes: [UInt8] { text }
}
