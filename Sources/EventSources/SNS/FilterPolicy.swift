import EventPatterns
import JSON

/// Which messages of a topic a subscription gets.
///
/// The language is documented: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html. It is that of
/// EventBridge's patterns, with limits of its own (`FilterPolicyLimits`). One difference is left: numbers of messages are
/// compared from -5·10⁹ to 5·10⁹ and with six decimals, where SNS documents 10⁹ and five.
struct FilterPolicy: Sendable, Equatable {
  /// What the policy looks at.
  enum Scope: String, Sendable {
    case messageAttributes = "MessageAttributes"
    case messageBody = "MessageBody"
  }

  private let scope: Scope
  /// Nil for the policy that asks for nothing.
  private let pattern: EventPattern?

  /// Parses a policy, and refuses one that SNS would not have. `{}` and the empty text are no policy at all: with them a
  /// subscription gives up the one it has.
  init(parsing text: String, scope: Scope) throws(FilterPolicyError) {
    self.scope = scope
    guard text.utf8.count <= FilterPolicyLimits.maximumBytes else {
      throw .tooLarge(limit: FilterPolicyLimits.maximumBytes)
    }
    guard !text.isEmpty, (try? JSONValue(parsing: text)) != .object([]) else {
      pattern = nil
      return
    }
    var combinations: [[PatternField]] = []
    do throws(EventPatternError) {
      // Documented for `exists: true`: "The key must have a non-null and non-empty value"
      // (https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html).
      pattern = try EventPattern(parsing: text, emptyValuesExist: false, combinations: &combinations)
    } catch {
      if case .tooManyCombinations = error { throw .tooComplex }
      throw .language(error)
    }
    try FilterPolicyLimits.check(combinations, scope: scope)
  }

  /// Whether a subscription gets a message.
  func admits(_ notification: SNSNotification) -> Bool {
    admits(message: notification.message, attributes: notification.attributes)
  }

  /// Whether a subscription gets a message.
  /// - Parameter attributes: the notification's `MessageAttributes`: `{NAME: {"Type", "Value"}}`.
  func admits(message: String, attributes: JSONValue?) -> Bool {
    guard let pattern else { return true }
    switch scope {
    case .messageAttributes:
      // Documented: not even `exists: false` matches an empty set of attributes.
      guard case .object(let members)? = attributes, !members.isEmpty else { return false }
      return pattern.matches(.object(members.compactMap(Self.value)))
    case .messageBody:
      guard let body = try? JSONValue(parsing: message) else { return false }
      return pattern.matches(body)
    }
  }

  /// An attribute as policies see it, as documented: strings, the elements of string arrays, and numbers. Binary attributes
  /// are ignored; so is what is not of its type.
  private static func value(_ attribute: JSONMember) -> JSONMember? {
    guard case .string(let type)? = attribute.value["Type"], case .string(let text)? = attribute.value["Value"] else {
      return nil
    }
    let value: JSONValue
    switch type {
    case "String": value = .string(text)
    case "String.Array":
      guard case .array(let elements)? = try? JSONValue(parsing: text) else { return nil }
      value = .array(elements.filter(\.isScalar))
    case "Number":
      guard case .number(let number)? = try? JSONValue(parsing: text) else { return nil }
      value = .number(number)
    default: return nil
    }
    return JSONMember(attribute.name, value)
  }
}
