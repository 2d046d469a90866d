import JSON

/// Why a body is none of SNS's messages.
enum SNSNotificationError: Error, Equatable, CustomStringConvertible {
  case unreadable(String)
  case incomplete(missing: String)
  case unknownType(String)
  case malformedAttributes

  var description: String {
    switch self {
    case .unreadable(let reason): "the notification cannot be read: \(reason)"
    case .incomplete(let missing): "the notification lacks \(missing)"
    case .malformedAttributes: "the notification's MessageAttributes are no attributes"
    case .unknownType(let type): "the notification is of no type that SNS has: \(type)"
    }
  }
}

/// What SNS posts to an endpoint, and what it puts into a queue.
///
/// The form is documented: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
struct SNSNotification: Sendable {
  enum Kind: Equatable, Sendable {
    case notification
    /// Asks whether the endpoint wants the topic's messages.
    case subscriptionConfirmation(token: String)
    /// Tells that the endpoint gets no more of them.
    case unsubscribeConfirmation
  }

  let kind: Kind
  let topicARN: String
  let messageID: String
  let message: String
  /// `{NAME: {"Type", "Value"}}`; nil where there are none.
  let attributes: JSONValue?
  /// Every member that is a string. Signatures are made of these.
  let fields: [String: String]
  /// Every member as it was sent.
  let members: [(name: JSONFragment, value: JSONFragment)]

  /// Reads a message of SNS, or of a server that plays it. The type is taken from the body: not every such server names it in
  /// a header.
  init(parsing body: [UInt8]) throws(SNSNotificationError) {
    var members: [(name: JSONFragment, value: JSONFragment)] = []
    var fields: [String: String] = [:]
    do {
      let document = try JSONFragment(document: body)
      guard document.isObject else { throw SNSNotificationError.unreadable("it is no object") }
      try document.forEachMember { name, value in
        members.append((name, value))
        if let name = name.text, let text = value.text, fields[name] == nil { fields[name] = text }
      }
      attributes = try Self.attributes(members)
    } catch let error as SNSNotificationError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
    kind = try Self.kind(fields)
    topicARN = try Self.required("TopicArn", in: fields)
    messageID = try Self.required("MessageId", in: fields)
    message = try Self.required("Message", in: fields)
    self.members = members
    self.fields = fields
  }

  private static func kind(_ fields: [String: String]) throws(SNSNotificationError) -> Kind {
    switch try required("Type", in: fields) {
    case "Notification": .notification
    case "SubscriptionConfirmation": .subscriptionConfirmation(token: try required("Token", in: fields))
    case "UnsubscribeConfirmation": .unsubscribeConfirmation
    case let type: throw .unknownType(type)
    }
  }

  private static func required(
    _ name: String, in fields: [String: String]
  ) throws(SNSNotificationError) -> String {
    guard let text = fields[name] else { throw .incomplete(missing: name) }
    return text
  }

  private static func attributes(_ members: [(name: JSONFragment, value: JSONFragment)]) throws -> JSONValue? {
    guard let value = members.first(where: { $0.name.isString("MessageAttributes") })?.value, !value.isNull else {
      return nil
    }
    let attributes = try JSONValue(parsing: value.token)
    guard case .object(let members) = attributes, members.allSatisfy({ $0.value["Type"] != nil }) else {
      throw SNSNotificationError.malformedAttributes
    }
    return attributes
  }
}
