import JSON

extension SNSNotification {
  /// Lambda's event of a notification (https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html): one record, its values as
  /// the bytes in which they came.
  ///
  /// Two names differ from those of SNS: `SigningCertUrl` and `UnsubscribeUrl`. What the server left out is as in the samples
  /// of Lambda's console, so that nobody takes it for real.
  func event(subscriptionARN: String) -> [UInt8] {
    var json = RecordText(capacity: members.reduce(320) { $0 + $1.value.token.count + 32 })
    json.append(#"{"Records":["#.utf8)
    json.begin()
    json.member("EventSource", #""aws:sns""#.utf8)
    json.member("EventVersion", #""1.0""#.utf8)
    json.member("EventSubscriptionArn", JSONValue.string(subscriptionARN).text.utf8)
    json.open("Sns")
    json.member("Type", token("Type"))
    json.member("MessageId", token("MessageId"))
    json.member("TopicArn", token("TopicArn"))
    json.member("Subject", token("Subject"))
    json.member("Message", token("Message"))
    json.member("Timestamp", token("Timestamp", otherwise: #""1970-01-01T00:00:00.000Z""#))
    json.member("SignatureVersion", token("SignatureVersion", otherwise: #""1""#))
    json.member("Signature", token("Signature", otherwise: #""EXAMPLE""#))
    json.member("SigningCertUrl", token("SigningCertURL", otherwise: #""EXAMPLE""#))
    json.member("UnsubscribeUrl", token("UnsubscribeURL", otherwise: #""EXAMPLE""#))
    json.member("MessageAttributes", attributesToken)
    json.close()
    json.close()
    json.append("]}".utf8)
    return json.bytes
  }

  /// A member as it was sent, where it is a text.
  private func token(_ name: String, otherwise text: String = "null") -> [UInt8] {
    let value = members.first { $0.name.text == name && $0.value.text != nil }?.value
    return value.map { Array($0.token) } ?? Array(text.utf8)
  }

  private var attributesToken: [UInt8] {
    let value = members.first { $0.name.text == "MessageAttributes" && $0.value.isObject }?.value
    return value.map { Array($0.token) } ?? Array("{}".utf8)
  }
}
