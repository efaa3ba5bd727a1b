import HTTPTypes
import Hummingbird
import OAuthTypes

/// The form of a token or identity answer: `format`, or an `Accept` that asks for one thing alone (facts: flows 5.1 and 8.2).
enum AnswerFormat: String {
    case json
    case urlencoded
    case xml

    /// - Throws: `invalid_request` for an unknown `format`.
    init(_ fields: FormFields, _ request: Request) throws(OAuthError) {
        if let name = try fields.value("format") {
            guard let format = AnswerFormat(rawValue: name) else {
                throw OAuthError(.invalidRequest, "format must be json, urlencoded or xml.")
            }
            self = format
            return
        }
        // The list is tried from the left, as the original does; most clients send */* or json and get JSON.
        for entry in (request.headers[.accept] ?? "").split(separator: ",") {
            switch entry.prefix(while: { $0 != ";" }).filter({ $0 != " " }).lowercased() {
            case "application/xml", "text/xml": self = .xml
            case "application/x-www-form-urlencoded": self = .urlencoded
            case "application/json", "*/*", "application/*": self = .json
            default: continue
            }
            return
        }
        self = .json
    }

    /// An answer with the members of a JSON object in this form.
    func response(_ json: [UInt8]) throws -> Response {
        switch self {
        case .json:
            return Responses.json(json)
        case .urlencoded:
            let pairs = try JSONScanner.object(json).members.map {
                "\($0.name)=\(PercentEncoding.encode(Self.text($0.value)))"
            }
            return Responses.bytes(
                Array(pairs.joined(separator: "&").utf8),
                contentType: "application/x-www-form-urlencoded;charset=UTF-8"
            )
        case .xml:
            let members = try JSONScanner.object(json)
            let body = #"<?xml version="1.0" encoding="UTF-8"?><OAuth>"# + Self.xml(members) + "</OAuth>"
            return Responses.bytes(Array(body.utf8), contentType: "application/xml;charset=UTF-8")
        }
    }

    private static func xml(_ object: JSONObject) -> String {
        object.members.map { member in
            let inner = member.value.object.map(xml) ?? MarkupText.escaped(text(member.value))
            let name = elementName(member.name)
            return "<\(name)>\(inner)</\(name)>"
        }.joined()
    }

    /// The name of a member as that of an element. Keys of custom attributes may be anything: what no name may have becomes `_`.
    private static func elementName(_ name: String) -> String {
        let isSafe = { (byte: UInt8) in Base62.isDigit(byte) || byte == UInt8(ascii: "_") }
        let safe = String(decoding: name.utf8.map { isSafe($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        return safe.first?.isLetter == true ? safe : "_" + safe
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let text), .string(let text): text
        case .array(let elements): elements.map(text).joined(separator: " ")
        case .object(let object): object.members.map { "\($0.name)=\(text($0.value))" }.joined(separator: " ")
        }
    }
}

/// An answer as a script that calls a function (JSONP), as the original offers on a few endpoints.
enum JSONP {
    /// - Throws: `invalid_request` unless the callback is the plain name of a function: nothing else is ever echoed.
    static func answer(_ callback: String, _ json: [UInt8]) throws(OAuthError) -> Response {
        let isName = callback.utf8.allSatisfy { Base62.isDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x24 }
        guard isName, callback.utf8.count <= 64 else {
            throw OAuthError(.invalidRequest, "callback must be the plain name of a function.")
        }
        return Responses.bytes(
            Array("/**/\(callback)(".utf8) + json + Array(");".utf8),
            contentType: "text/javascript;charset=UTF-8"
        )
    }
}
