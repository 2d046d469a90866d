public import HTTPServer
import HTTPTypes
import LambdaWire
import Logging
public import Mappings

/// Everything that answers HTTP: finds the operation, runs it, logs it.
public struct API: Sendable {
  /// The version of the program.
  public static let version = "0.1.0"

  private let router = Router(Self.routes)
  private let runtimeRouter = Router(Self.runtimeRoutes(behind: ""))
  private let services: Services
  private let caller: CallerScope
  private let logger: Logger

  /// - Parameter scope: account and region of requests whose credentials do not tell them.
  public init(_ services: Services, scope: Scope) {
    self.services = services
    logger = services.logger
    caller = CallerScope(fallback: scope)
  }

  /// As the server wants it.
  public var service: HTTPService { service { route($0) } }

  /// The Lambda Runtime API alone, on a port that stands for one function.
  public func runtimeService(of function: String) -> HTTPService {
    service { request in
      switch runtimeRouter.match(request.method, request.path) {
      case .found(let operation, let values): (operation, [function] + values)
      case .wrongMethod, .notFound: nil
      }
    }
  }

  private func service(_ route: @escaping @Sendable (Request) -> (Operation, [String])?) -> HTTPService {
    HTTPService(
      handle: { request in await answer(request, route) },
      refuse: { error in refuse(error) },
      acceptFailed: { error in logger.error("cannot accept connections", metadata: ["reason": "\(error)"]) })
  }

  /// Answers a request.
  private func answer(
    _ request: Request, _ route: @Sendable (Request) -> (Operation, [String])?
  ) async -> Response {
    let start = ContinuousClock.now
    let id = RequestID.next()
    let (operation, values) = route(request) ?? (.unknown, [])
    var response: Response
    do {
      response = try await operation.answer(
        Call(request: request, pathValues: values, scope: caller.scope(of: request), services: services))
    } catch {
      let known = LambdaError(error)
      if known.code == .service {
        logger.error("request failed", metadata: ["requestID": "\(id)", "reason": "\(error)"])
      }
      response = Response(known)
    }
    // An answer that was passed on has the id of whoever gave it.
    if response.fields[.requestID] == nil { response.fields.append(HTTPField(name: .requestID, value: id)) }
    logger.log(
      level: operation.logLevel, "request",
      metadata: [
        "method": "\(request.method)", "path": "\(request.path)", "status": .stringConvertible(response.status.code),
        "requestID": "\(id)", "durationMilliseconds": .stringConvertible((ContinuousClock.now - start).milliseconds),
      ])
    return response
  }

  private func route(_ request: Request) -> (Operation, [String])? {
    switch router.match(request.method, request.path) {
    case .found(let operation, let values): (operation, values)
    case .wrongMethod(let allowed) where request.path.hasPrefix("/_headrace/"): (.wrongMethod(allowed), [])
    case .wrongMethod, .notFound: nil
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
