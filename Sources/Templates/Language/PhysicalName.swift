import Crypto

/// Names that a template leaves out: `<Stack>-<LogicalId>-<suffix>`, as CloudFormation makes them
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-names.html), but always the same for a
/// stack and a logical id: whoever applies again, or on another day, finds what is there.
enum PhysicalName {
  static let suffixLength = 12

  /// - Parameters:
  ///   - limit: what a name of the type may be.
  ///   - ending: what the name has to end with, such as `.fifo`.
  static func generated(
    stack: StackIdentity, logicalID: String, limit: NameLimit, ending: String = ""
  ) -> String {
    let seed = "\(stack.account)/\(stack.region)/\(stack.name)/\(logicalID)"
    let suffix = self.suffix(of: seed)
    let room = max(0, limit.maximumLength - suffix.count - ending.count - 2)
    var stackPart = stack.name.filter(\.isNameable)
    var idPart = logicalID.filter(\.isNameable)
    // Both give way, down to half of the room each.
    if stackPart.count + idPart.count > room {
      stackPart = String(stackPart.prefix(max(room / 2, room - idPart.count)))
      idPart = String(idPart.prefix(room - stackPart.count))
    }
    let name = [stackPart, idPart, suffix].filter { !$0.isEmpty }.joined(separator: "-") + ending
    return limit.isLowerCase ? name.lowercased() : name
  }

  /// Letters and digits out of a hash: 62 bits of it.
  private static func suffix(of seed: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var hash = SHA256.hash(data: Array(seed.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var suffix = ""
    for _ in 0..<suffixLength {
      suffix.append(alphabet[Int(hash % 36)])
      hash /= 36
    }
    return suffix
  }
}

extension Character {
  /// Every type of resource takes letters, digits and hyphens.
  fileprivate var isNameable: Bool { isASCII && (isLetter || isNumber || self == "-") }
}
