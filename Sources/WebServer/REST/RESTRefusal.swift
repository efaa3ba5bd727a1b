import ClientApps
import HTTPTypes
import Hummingbird
import OAuthTypes

/// Why a REST resource is not answered: the code and the text of the one error in the answer's array (facts: clients section 1).
struct RESTRefusal: Error {
    let code: StatusCode
    let message: String
    let status: HTTPResponse.Status

    init(_ code: StatusCode, _ message: String, status: HTTPResponse.Status = .badRequest) {
        (self.code, self.message, self.status) = (code, message, status)
    }

    /// For what is not there, and for what the caller may not know of.
    static let notFound = RESTRefusal(.notFound, "The requested resource does not exist", status: .notFound)

    var response: Response { ErrorResponses.rest(code, message, status: status) }
}

/// One page of a list, as the query asks for it (facts: app-model 7.4).
struct RESTPage {
    let number: Int
    let size: Int

    static let largestSize = 2_000

    /// Reads `page`, from 0, and `pageSize`, 100 where it is left out.
    ///
    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE`.
    init(_ request: Request) throws {
        number = try RESTQuery.integer("page", of: request, 0...1_000_000) ?? 0
        size = try RESTQuery.integer("pageSize", of: request, 1...Self.largestSize) ?? 100
    }

    var offset: Int { number * size }

    /// Writes the addresses of this page and the next; the last page names a next one, too, as the original's does.
    func write(path: String, into json: inout JSONWriter) {
        json.member("currentPageUrl", "\(path)?page=\(number)&pageSize=\(size)")
        json.member("nextPageUrl", "\(path)?page=\(number + 1)&pageSize=\(size)")
    }
}

/// Reads parameters of a query.
enum RESTQuery {
    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE` for a query that is broken or has a parameter twice.
    static func value(_ name: String, of request: Request) throws -> String? {
        do {
            return try FormBody.query(of: request).value(name)
        } catch {
            throw RESTRefusal(.illegalQueryParameterValue, error.text)
        }
    }

    /// A switch; off where it is left out.
    ///
    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE` for what is neither `true` nor `false`.
    static func flag(_ name: String, of request: Request) throws -> Bool {
        switch try value(name, of: request) {
        case nil, "false": false
        case "true": true
        default: throw RESTRefusal(.illegalQueryParameterValue, "\(name) must be true or false.")
        }
    }

    /// - Throws: `ILLEGAL_QUERY_PARAMETER_VALUE` for what is no whole number of the range.
    static func integer(_ name: String, of request: Request, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = try value(name, of: request) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw RESTRefusal(
                .illegalQueryParameterValue,
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }
}
