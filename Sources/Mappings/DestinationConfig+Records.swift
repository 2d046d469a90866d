import LambdaWire

/// Where records of asynchronous invocations may go: standard queues and topics, functions, and buckets for failures
/// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). Lambda has event buses beside
/// them, which Headrace does not serve.
extension DestinationConfig {
  /// An empty text is none.
  var success: String? { onSuccess?.given }
  var failure: String? { onFailure?.given }

  /// The functions among them.
  var functions: [FunctionARN] {
    [success, failure].compactMap(\.self).compactMap { ARN($0)?.service == "lambda" ? FunctionARN(stored: $0) : nil }
  }

  /// Throws where a record of the function's invocation cannot go.
  func check(for function: FunctionARN) throws(MappingError) {
    for (destination, takesBuckets) in [(success, false), (failure, true)] {
      guard let destination else { continue }
      guard let arn = ARN(destination) else { throw isInvalid }
      switch arn.service {
      case "sqs", "sns":
        // Documented; the text is ours.
        guard !arn.resource.hasSuffix(".fifo") else {
          throw .invalidParameter("FIFO queues and topics are not supported as destination: \(destination)")
        }
      case "s3" where takesBuckets: break
      case "lambda":
        guard arn.resource.hasPrefix("function:") else {
          throw .invalidParameter("The destination ARN \(destination) is invalid.")
        }
        guard FunctionARN(stored: destination).unqualified != function.unqualified else {
          throw .invalidParameter("You can't specify the function as a destination for itself.")
        }
      // The text is ours: Lambda takes it.
      case "events": throw .invalidParameter("Headrace sends no records to event buses: \(destination)")
      default: throw isInvalid
      }
    }
  }

  /// Recorded for a role; taken for all that is no destination, a bucket for successes included.
  private var isInvalid: MappingError {
    func text(_ name: String, _ destination: String?) -> String {
      destination.map { "\(name)(destination=\($0))" } ?? "null"
    }
    return .invalidParameter(
      "The provided destination config DestinationConfig(onSuccess=\(text("OnSuccess", success)), "
        + "onFailure=\(text("OnFailure", failure))) is invalid.")
  }
}

extension DestinationConfig.Destination {
  fileprivate var given: String? { destination?.isEmpty == false ? destination : nil }
}
