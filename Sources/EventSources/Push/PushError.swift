import AWSClient
import Mappings

/// Why a source does not send its events.
enum PushError: Error {
  case call(_ action: String, of: String, AWSError)
  /// The service's answer is not what it is documented to be.
  case answer(_ action: String, String)
  case unconfirmed(url: String)
  /// AWS's own endpoint cannot call an address of this machine.
  case notPublic(url: String)
  case store(MappingError)

  /// What a mapping tells of it, in the form that was recorded for queues (test_esm_with_not_existing_sqs_queue).
  var problem: String {
    switch self {
    case .call(let action, let service, let error): error.problem(while: action, of: service)
    case .answer(let action, let reason): "Error occurred while \(action). \(reason)"
    case .unconfirmed(let url):
      """
      The topic has not confirmed the subscription of \(url) within \(TopicSubscription.patience.components.seconds) \
      seconds: --public-url must be where its server reaches Headrace, or use --sns-via sqs
      """
    case .notPublic(let url): "AWS cannot call \(url): use --sns-via sqs, or set --public-url"
    case .store(let error): "Error occurred while writing to the database. \(error)"
    }
  }

  var isCancellation: Bool {
    guard case .call(_, _, .cancelled) = self else { return false }
    return true
  }
}

extension AWSError {
  /// A call that failed, in the form that was recorded for queues.
  func problem(while action: String, of service: String) -> String {
    guard case .service(let error) = self else { return "Error occurred while \(action). \(self)" }
    return """
      Error occurred while \(action). \(service) Error Code: \(error.queryCode ?? error.code). \
      \(service) Error Message: \(error.message)
      """
  }
}

/// Makes a call whose failure is told with the name of its operation.
///
/// Whoever is cancelled meanwhile still waits for its end: a call that was cut off may be carried out all the same, and
/// then after what is done next.
func calling<Success: Sendable>(
  _ action: String, of service: String, _ body: @escaping @Sendable () async throws(AWSError) -> Success
) async throws(PushError) -> Success {
  let result = await Task { await Result(body) }.value
  do throws(AWSError) { return try result.get() } catch { throw .call(action, of: service, error) }
}
