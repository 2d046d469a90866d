import Crypto

/// Which stack a template is applied as, and where it lives.
public struct StackIdentity: Hashable, Sendable {
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

  /// The partition that the region is in.
  public var partition: String { Partition(ofRegion: region).name }

  /// What the names of the partition's hosts end with.
  var urlSuffix: String { Partition(ofRegion: region).dnsSuffix }

  /// The ARN, always the same for a stack.
  public var id: String {
    "arn:\(partition):cloudformation:\(region):\(account):stack/\(name)/\(StableIdentifier("\(account)/\(region)/\(name)").uuid)"
  }

  /// Why a text is no name of a stack: a letter, then letters, digits and hyphens, 128 in all
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html). Nil where it is one.
  public static func objection(toName name: String) -> String? {
    let bytes = name.utf8
    let isName =
      (1...128).contains(bytes.count) && bytes.first?.isLetter == true
      && bytes.allSatisfy { $0.isLetter || $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    return isName
      ? nil : "'\(name)' is no name of a stack: a letter, then letters, digits and hyphens, 128 at most"
  }
}

extension UInt8 {
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
