/// An Amazon Resource Name, taken apart at its colons: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
public struct ARN: Hashable, Sendable, CustomStringConvertible {
  /// As given.
  public let description: String
  public let partition: String
  public let service: String
  /// Empty for what has no region, such as a bucket.
  public let region: String
  public let account: String
  /// All behind the account, colons included.
  public let resource: String

  /// Parses an ARN; nil where the text is none.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", !parts[5].isEmpty else { return nil }
    description = text
    partition = String(parts[1])
    service = String(parts[2])
    region = String(parts[3])
    account = String(parts[4])
    resource = String(parts[5])
  }
}
