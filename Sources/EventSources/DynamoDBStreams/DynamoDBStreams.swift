import LambdaWire
import Mappings

extension EventSourceType {
  /// Streams of tables (`…:table/TABLE/stream/LABEL`).
  static let dynamoDBStreams = EventSourceType.stream(
    .dynamoDBStreams,
    recognizes: { arn in arn.service == "dynamodb" && isStream(arn.resource) },
    startingPosition: [.noTimestamp])

  private static func isStream(_ resource: String) -> Bool {
    let parts = resource.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "table" && parts[2] == "stream" && !parts[1].isEmpty && !parts[3].isEmpty
  }
}

extension ParameterRule {
  /// Recorded: incompatible_starting_position.
  fileprivate static let noTimestamp = ParameterRule { draft in
    if draft.parameters.startingPosition == "AT_TIMESTAMP" {
      return "Unsupported starting position for arn type: \(draft.source.arn?.description ?? "")"
    }
    guard draft.parameters.startingPositionTimestamp != nil else { return nil }
    return "Unsupported 'startingPositionTimestamp' parameter for given event source mapping type."
  }
}
