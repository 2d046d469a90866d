import HTTPServer
import LambdaWire

extension Call {
  /// Passes a tagging request on whose resource is no mapping: functions have tags too.
  /// - Returns: nil where it is Headrace's own to answer.
  func forwardedTagging() async throws(LambdaError) -> Response? {
    guard let lambda = services.lambda, !pathValue.contains(":event-source-mapping:") else { return nil }
    return try await lambda.forward(request, for: scope)
  }
}
