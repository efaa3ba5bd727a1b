import ClientApps
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import OAuthTypes
import Storage

/// One line for each request: id, method, the route that matched, status and duration; never a query, a header or a body. The same
/// place turns what was thrown into an answer, so that nothing leaves without security headers.
struct RequestLog: RouterMiddleware {
    typealias Context = SignetRequestContext

    let isSecure: Bool

    func handle(
        _ request: Request,
        context: SignetRequestContext,
        next: @concurrent (Request, SignetRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = Self.answer(to: error, request, context)
        }
        Responses.addSecurityHeaders(to: &response, isSecure: isSecure)
        response.headers[.requestID] = context.id
        let took = ContinuousClock.now - start
        context.logger.info(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "path": .string(context.endpointPath ?? "unmatched"),
                "status": .stringConvertible(response.status.code),
                "duration_us": .stringConvertible(took.microseconds),
            ]
        )
        return response
    }

    private static func answer(
        to error: any Error,
        _ request: Request,
        _ context: SignetRequestContext
    ) -> Response {
        if let refusal = error as? OAuthError {
            context.note(refusal)
            return RequestProblem.refused(refusal).response(to: request, context)
        }
        if error is BodyTooLarge {
            return RequestProblem.tooLarge.response(to: request, context)
        }
        if let http = error as? any HTTPResponseError {
            let problem = http.status == .notFound ? RequestProblem.notFound : .other(http.status)
            return problem.response(to: request, context)
        }
        if error is HTTPParserError || error is ChannelError {
            context.logger.debug("the request broke off or was no HTTP")
            return ErrorResponses.rest(.invalidRequest, "The body is not framed as HTTP.", status: .badRequest)
        }
        context.logger.error(
            "failed",
            metadata: ["error": "\(String(reflecting: type(of: error)))", "reason": "\(error)"]
        )
        // Work that is cut off, as at a shutdown, is no fault of the request.
        if error is DatabaseUnavailable || error is CancellationError {
            return RequestProblem.refused(.databaseUnavailable).response(to: request, context)
        }
        let failure = OAuthError(
            .serverError,
            "The request could not be answered; tell the operator the request id \(context.id)."
        )
        return RequestProblem.refused(failure).response(to: request, context)
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
