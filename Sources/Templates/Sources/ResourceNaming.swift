public import JSON

/// The names of a resource type, known without calling anybody: what references to a resource give once its name is
/// known.
public struct ResourceNaming: Sendable {
  /// The property that names the resource, as `QueueName`; nil where the type has none.
  public let nameProperty: String?
  /// What a made-up name may be.
  public let ruleOfName: NameLimit
  /// What references give, by the attribute's name, `Ref` among them; `{…}` stands for one of `words`.
  let patterns: [String: String]

  init(_ nameProperty: String?, _ ruleOfName: NameLimit, _ patterns: [String: String]) {
    self.nameProperty = nameProperty
    self.ruleOfName = ruleOfName
    self.patterns = patterns
  }

  /// The names of a CloudFormation type, as `AWS::SQS::Queue`; nil where the type is not known by name.
  public static func of(_ type: String) -> ResourceNaming? { table[type] }

  /// Whether a reference gives what only the service makes up: it is known when the resource is there.
  func isKnownLater(_ attribute: String?, of type: String) -> Bool {
    Self.later[type]?.contains(attribute ?? "Ref") ?? false
  }

  /// What a reference to the resource gives: `Ref` where there is no attribute, else `Fn::GetAtt`.
  ///
  /// Nil where it does not follow from the name (the URL of a queue, the ARN of a stream of changes), or where the type
  /// has no such attribute. The properties are the resource's own, resolved; few types need them.
  public func reference(
    attribute: String?, name: String, properties: JSONValue, stack: StackIdentity
  ) -> JSONValue? {
    guard let pattern = patterns[attribute ?? "Ref"] else { return nil }
    let words = ResourceWords(name: name, properties: ResourceProperties(properties), stack: stack)
    var text = ""
    var rest = pattern[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      guard let word = words[rest[rest.index(after: start)..<end]] else { return nil }
      text += rest[..<start] + word
      rest = rest[rest.index(after: end)...]
    }
    return .string(text + rest)
  }
}
