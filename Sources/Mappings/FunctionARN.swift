/// The ARN of a function, qualified exactly as the request named it (recorded: test_function_name_variations).
public struct FunctionARN: Hashable, Sendable, CustomStringConvertible {
  /// `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`
  public let description: String

  /// An ARN as the store wrote it.
  public init(stored text: String) {
    description = text
  }

  /// Makes the ARN out of any of the forms that name a function: `NAME`, `ACCOUNT:function:NAME`, `function:NAME`,
  /// `ACCOUNT:NAME`, a full ARN, each with or without `:QUALIFIER`. What the form leaves out is the caller's.
  ///
  /// The text matches the service model's pattern already.
  public init(naming text: String, in scope: Scope) throws(MappingError) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var partition = scope.partition
    var region = scope.region
    var account = scope.account
    if parts.first == "arn", parts.count > 3 {
      if !parts[1].isEmpty { partition = parts[1] }
      parts.removeFirst(3)
    }
    if parts.count > 1, Self.isRegion(parts[0]) { region = parts.removeFirst() }
    if parts.count > 1, Self.isAccount(parts[0]) { account = parts.removeFirst() }
    if parts.count > 1, parts[0] == "function" { parts.removeFirst() }
    guard region == scope.region else {
      throw .notFound("Functions from '\(region)' are not reachable in this region ('\(scope.region)')")
    }
    let qualified = parts.joined(separator: ":")
    description = "arn:\(partition):lambda:\(region):\(account):function:\(qualified)"
  }

  /// The bare name, as AWS's messages print it.
  public var name: String {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 6 ? String(parts[6]) : description
  }

  /// The version or alias; nil where the function is meant as it is now.
  public var qualifier: String? {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count > 7 ? String(parts[7]) : nil
  }

  private static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  /// `us-east-1`, `us-gov-west-1`, `us-isob-east-1`: words and one digit. A function may be named so too, but then
  /// no part follows it that could be a function's name.
  private static func isRegion(_ text: String) -> Bool {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    guard words.count == 3 || words.count == 4, words[0].count == 2, let number = words.last, number.count == 1,
      number.allSatisfy(\.isNumber)
    else { return false }
    return words.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 >= "a" && $0 <= "z" } }
  }
}
