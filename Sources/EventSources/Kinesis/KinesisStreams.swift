import Mappings

extension EventSourceType {
  /// Streams (`…:stream/NAME`) and enhanced fan-out consumers (`…:stream/NAME/consumer/NAME:EPOCH`).
  static let kinesis = EventSourceType.stream(
    .kinesis,
    recognizes: { arn in arn.service == "kinesis" && isStream(arn.resource) },
    startingPosition: [.startingTimestamp])

  private static func isStream(_ resource: String) -> Bool {
    let parts = resource.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] == "stream", !parts[1].isEmpty else { return false }
    return parts.count == 2 || parts.count == 4 && parts[2] == "consumer" && !parts[3].isEmpty
  }
}
