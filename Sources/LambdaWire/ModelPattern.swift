/// The regular expressions of the service model, as AWS's messages print them.
public struct ModelPattern: @unchecked Sendable {
  // Unchecked, because `Regex` is not marked Sendable although matching changes nothing.

  /// The expression as AWS writes it.
  public let text: String
  private let regex: Regex<AnyRegexOutput>?

  init(_ text: String) {
    self.text = text
    regex = try? Regex(text).matchingSemantics(.unicodeScalar)
  }

  /// Whether a whole text matches.
  public func matches(_ value: String) -> Bool {
    guard let regex else { return false }
    return value.wholeMatch(of: regex) != nil
  }

  /// Whether the expression is one that can be matched at all.
  var isValid: Bool { regex != nil }
}

extension ModelPattern {
  static let arn = ModelPattern(
    #"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#)
  static let functionName = ModelPattern(
    #"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"#
  )
  static let qualifier = ModelPattern(#"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"#)
  /// Recorded (event invoke configuration, the same shape); the published model lacks `eusc-`.
  static let destination = ModelPattern(
    #"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#
  )
  /// The form of `DeadLetterConfig.TargetArn`, which is `$` or an ARN; an empty one takes the queue back.
  static let deadLetterQueue = ModelPattern(
    #"(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))|()"#)
  static let anyText = ModelPattern(".*")
  static let topic = ModelPattern(#"[^.]([a-zA-Z0-9\-_.]+)"#)
  static let queue = ModelPattern(#"[\s\S]*"#)
  static let uri = ModelPattern(#"[a-zA-Z0-9-\/*:_+=.@-]*"#)
  static let endpoint = ModelPattern(
    #"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}"#
  )
  static let databaseName = ModelPattern(#"[^ /\.$\x22]*"#)
  static let collectionName = ModelPattern(#"(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)"#)
  static let kmsKeyArn = ModelPattern(#"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"#)
  static let pollerGroupName = ModelPattern("[a-zA-Z0-9-_]*")
  /// Recorded: the resource of the tagging operations.
  public static let taggableResource = ModelPattern(
    #"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)"#
  )

  static let all = [
    arn, functionName, qualifier, destination, anyText, topic, queue, uri, endpoint, databaseName, collectionName,
    kmsKeyArn,
    pollerGroupName, taggableResource,
  ]
}
