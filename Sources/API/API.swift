public import HTTPServer
import HTTPTypes
import LambdaWire
public import Logging
public import Mappings

/// Everything that answers HTTP: finds the operation, runs it, logs it.
public struct API: Sendable {
  /// The version of the program.
  public static let version = "0.1.0"

  private let router = Router(Self.routes)
  private let mappings: MappingService
  private let caller: CallerScope
  private let logger: Logger

  /// - Parameter scope: account and region of requests whose credentials do not tell them.
  public init(mappings: MappingService, scope: Scope, logger: Logger) {
    self.mappings = mappings
    self.logger = logger
    caller = CallerScope(fallback: scope)
  }

  /// As the server wants it.
  public var service: HTTPService {
    HTTPService(
      handle: { request in await answer(request) },
      refuse: { error in refuse(error) },
      acceptFailed: { error in logger.error("cannot accept connections", metadata: ["reason": "\(error)"]) })
  }

  /// Answers a request.
  public func answer(_ request: Request) async -> Response {
    let start = ContinuousClock.now
    let id = RequestID.next()
    var response: Response
    do {
      response = try await route(request)
    } catch {
      let known = LambdaError(error)
      if known.code == .service {
        logger.error("request failed", metadata: ["requestID": "\(id)", "reason": "\(error)"])
      }
      response = Response(known)
    }
    response.fields.append(HTTPField(name: .requestID, value: id))
    logger.info(
      "request",
      metadata: [
        "method": "\(request.method)", "path": "\(request.path)", "status": .stringConvertible(response.status.code),
        "requestID": "\(id)", "durationMilliseconds": .stringConvertible((ContinuousClock.now - start).milliseconds),
      ])
    return response
  }

  private func route(_ request: Request) async throws -> Response {
    switch router.match(request.method, request.path) {
    case .found(let operation, let values):
      return try await operation.answer(
        Call(request: request, pathValues: values, scope: caller.scope(of: request), mappings: mappings))
    case .wrongMethod(let allowed) where request.path.hasPrefix("/_headrace/"):
      var response = Response(
        status: .methodNotAllowed, message: "\(request.method) is not a method of this path.",
        errorType: "MethodNotAllowedException")
      response.fields[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
      return response
    case .wrongMethod, .notFound:
      throw LambdaError(.unknownOperation, "\(request.method) \(request.path) is no operation that Headrace knows.")
    }
  }

  private func refuse(_ error: HTTPRequestError) -> Response {
    var response = Response(error)
    let id = RequestID.next()
    response.fields.append(HTTPField(name: .requestID, value: id))
    logger.info(
      "refused",
      metadata: ["status": .stringConvertible(error.status.code), "reason": "\(error)", "requestID": "\(id)"])
    return response
  }
}

extension Duration {
  /// With three decimals.
  fileprivate var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000) / 1000
  }
}
