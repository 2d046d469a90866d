/// Which stack a template is applied as, and where it lives.
public struct StackIdentity: Hashable, Sendable {
  /// CloudFormation's rule for names of stacks: a letter, then letters, digits and hyphens, 128 in all
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html).
  public static let maximumNameLength = 128

  public let name: String
  /// Twelve digits.
  public let account: String
  public let region: String

  /// A stack of an account and region.
  public init(name: String, account: String, region: String) {
    self.name = name
    self.account = account
    self.region = region
  }
}
