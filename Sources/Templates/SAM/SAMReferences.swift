import JSON

/// What a template may call by a function's name: `MyFunction.Alias`
/// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html).
struct SAMReferences {
  /// Logical ids by `Function.Property`.
  private var logicalIDs: [String: String] = [:]

  private static let properties = [
    "AWS::Lambda::Alias": "Alias", "AWS::Lambda::Version": "Version", "AWS::SQS::Queue": "DestinationQueue",
    "AWS::SNS::Topic": "DestinationTopic",
  ]

  mutating func add(_ resource: SAMResource, of function: SAMFunction) {
    guard let property = Self.properties[resource.type] else { return }
    logicalIDs["\(function.logicalID).\(property)"] = resource.logicalID
  }

  /// The value with every such name replaced by the logical id.
  func resolved(_ value: JSONValue) -> JSONValue {
    if logicalIDs.isEmpty { return value }
    switch value {
    case .null, .bool, .number, .string: return value
    case .array(let elements): return .array(elements.map(resolved))
    case .object(let members):
      return .object(members.map { JSONMember($0.name, resolved(function: $0.name, $0.value)) })
    }
  }

  private func resolved(function name: String, _ argument: JSONValue) -> JSONValue {
    switch (name, argument) {
    case ("Ref", .string(let text)):
      return .string(logicalIDs[text] ?? text)
    case ("Fn::GetAtt", .string(let text)):
      return .string(resolved(dotted: text) ?? text)
    case ("Fn::GetAtt", .array(let parts)):
      // Tools split the name at its first dot, or at its second.
      let text = parts.compactMap(\.scalarText).joined(separator: ".")
      guard let dotted = resolved(dotted: text) else { return resolved(argument) }
      return .array(dotted.split(separator: ".", maxSplits: 1).map { .string(String($0)) })
    case ("Fn::Sub", .string(let text)):
      return .string(resolved(substitution: text))
    case ("Fn::Sub", .array(let parts)):
      guard case .string(let text)? = parts.first else { return resolved(argument) }
      return .array([.string(resolved(substitution: text))] + parts.dropFirst().map(resolved))
    default:
      return resolved(argument)
    }
  }

  /// `MyFunction.DestinationQueue.Arn`; nil where it is none of ours.
  private func resolved(dotted text: String) -> String? {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let logicalID = logicalIDs["\(parts[0]).\(parts[1])"] else { return nil }
    return parts.count == 3 ? "\(logicalID).\(parts[2])" : logicalID
  }

  private func resolved(substitution text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      let name = String(rest[start.upperBound..<end])
      result += rest[..<start.upperBound] + (resolved(dotted: name) ?? name)
      rest = rest[end...]
    }
    return result + rest
  }
}
