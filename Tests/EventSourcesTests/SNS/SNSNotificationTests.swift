import JSON
import Testing

@testable import EventSources

/// A notification as a server sends it, and the event that a function gets, byte for byte.
struct SNSEventCase: Sendable, CustomTestStringConvertible {
  var name: String
  var body: String
  /// The members of `Sns`.
  var sns: String
  var message = "{\"a\":1}"

  var testDescription: String { name }

  static let subscription = "arn:aws:sns:us-east-1:123456789012:t:dd7a8941-2e9e-4288-a028-cba312a796c1"

  var event: String {
    #"{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"\#(Self.subscription)","Sns":{\#(sns)}}]}"#
  }

  private static let attributes =
    #"{"s":{"Type":"String","Value":"v"},"n":{"Type":"Number","Value":"1.50"},"b":{"Type":"Binary","Value":"AQI="},"#
    + #""a":{"Type":"String.Array","Value":"[\"x\",1,null,true]"}}"#

  static let all = [
    // Recorded by localstack/localstack from AWS, tests/aws/services/sns/test_sns_filter_policy.snapshot.json; the secrets
    // are made up.
    SNSEventCase(
      name: "SNS",
      body:
        #"{"Type":"Notification","MessageId":"95df01b4","TopicArn":"arn:aws:sns:us-east-2:123456789012:t","#
        + #""Message":"{\"a\":1}","Timestamp":"2019-01-02T12:45:07.000Z","SignatureVersion":"1","Signature":"tcc6faL2yUC6==","#
        + #""SigningCertURL":"https://sns.us-east-2.amazonaws.com/SimpleNotificationService-ac565b8b.pem","#
        + #""UnsubscribeURL":"https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn","#
        + #""MessageAttributes":{"attr1":{"Type":"Number","Value":"99"}}}"#,
      sns:
        #""Type":"Notification","MessageId":"95df01b4","TopicArn":"arn:aws:sns:us-east-2:123456789012:t","Subject":null,"#
        + #""Message":"{\"a\":1}","Timestamp":"2019-01-02T12:45:07.000Z","SignatureVersion":"1","Signature":"tcc6faL2yUC6==","#
        + #""SigningCertUrl":"https://sns.us-east-2.amazonaws.com/SimpleNotificationService-ac565b8b.pem","#
        + #""UnsubscribeUrl":"https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn","#
        + #""MessageAttributes":{"attr1":{"Type":"Number","Value":"99"}}"#),
    SNSEventCase(
      name: "ministack 1.5.33",
      body:
        #"{"Type": "Notification", "MessageId": "392cb648", "TopicArn": "arn:t", "Subject": "sub", "#
        + #""Message": "h\u00e9llo \"x\"\n", "Timestamp": "2026-11-24T21:22:53.000Z", "SignatureVersion": "1", "#
        + #""Signature": "FAKE", "SigningCertURL": "https://sns/fake.pem", "UnsubscribeURL": "http://localhost:49095/", "#
        + #""MessageAttributes": {"s": {"Type": "String", "Value": "v"}}}"#,
      sns:
        #""Type":"Notification","MessageId":"392cb648","TopicArn":"arn:t","Subject":"sub","Message":"h\u00e9llo \"x\"\n","#
        + #""Timestamp":"2026-11-24T21:22:53.000Z","SignatureVersion":"1","Signature":"FAKE","#
        + #""SigningCertUrl":"https://sns/fake.pem","UnsubscribeUrl":"http://localhost:49095/","#
        + #""MessageAttributes":{"s": {"Type": "String", "Value": "v"}}"#,
      message: "héllo \"x\"\n"),
    // Lines of their own, in the order of the alphabet.
    SNSEventCase(
      name: "moto 5.2.1",
      body: """
        {
          "Message": "{\\"a\\":1}",
          "MessageId": "f3462b96",
          "Signature": "q7wZ2xpiKE+1==",
          "SignatureVersion": "2",
          "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-6e26c7a1.pem",
          "Timestamp": "2026-11-24T21:23:11.927Z",
          "TopicArn": "arn:t",
          "Type": "Notification",
          "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe"
        }
        """,
      sns:
        #""Type":"Notification","MessageId":"f3462b96","TopicArn":"arn:t","Subject":null,"Message":"{\"a\":1}","#
        + #""Timestamp":"2026-11-24T21:23:11.927Z","SignatureVersion":"2","Signature":"q7wZ2xpiKE+1==","#
        + #""SigningCertUrl":"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-6e26c7a1.pem","#
        + #""UnsubscribeUrl":"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe","MessageAttributes":{}"#),
    SNSEventCase(
      name: "roto 0.10.1",
      body:
        #"{"Message":"héllo \"x\"\n","MessageAttributes":\#(attributes),"MessageId":"4777e226","Signature":"EXAMPLElDMX==","#
        + #""SignatureVersion":"1","SigningCertURL":"https://sns/0.pem","Subject":"sub","Timestamp":"2026-11-24T21:23:26.000Z","#
        + #""TopicArn":"arn:t","Type":"Notification","UnsubscribeURL":"https://sns/?Action=Unsubscribe"}"#,
      sns:
        #""Type":"Notification","MessageId":"4777e226","TopicArn":"arn:t","Subject":"sub","Message":"héllo \"x\"\n","#
        + #""Timestamp":"2026-11-24T21:23:26.000Z","SignatureVersion":"1","Signature":"EXAMPLElDMX==","#
        + #""SigningCertUrl":"https://sns/0.pem","UnsubscribeUrl":"https://sns/?Action=Unsubscribe","#
        + #""MessageAttributes":\#(attributes)"#,
      message: "héllo \"x\"\n"),
    SNSEventCase(
      name: "the least that a notification can be",
      body:
        #"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"","Subject":null,"MessageAttributes":null}"#,
      sns:
        #""Type":"Notification","MessageId":"m","TopicArn":"t","Subject":null,"Message":"","#
        + #""Timestamp":"1970-01-01T00:00:00.000Z","SignatureVersion":"1","Signature":"EXAMPLE","SigningCertUrl":"EXAMPLE","#
        + #""UnsubscribeUrl":"EXAMPLE","MessageAttributes":{}"#,
      message: ""),
  ]
}

@Suite struct SNSNotificationTests {
  private func notification(_ body: String) throws -> SNSNotification {
    try SNSNotification(parsing: Array(body.utf8))
  }

  @Test(arguments: SNSEventCase.all) func eventIsLambdasByteForByte(example: SNSEventCase) throws {
    let notification = try notification(example.body)
    let event = notification.event(subscriptionARN: SNSEventCase.subscription)
    #expect(String(decoding: event, as: UTF8.self) == example.event)
    #expect(notification.kind == .notification)
    #expect(notification.message == example.message)
    #expect(throws: Never.self) { try JSONValue(parsing: event) }
  }

  @Test(arguments: [
    #""plain""#, #""\/ \" \\ \b\f\n\r\t""#, #""\u0041\u00e9\u0000""#, #""\ud83d\ude00 😀""#, "\"\u{2028}\"",
  ])
  func messageStaysTheBytesThatItIs(message: String) throws {
    let body = #"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":\#(message)}"#
    let event = String(decoding: try notification(body).event(subscriptionARN: "s"), as: UTF8.self)
    #expect(event.contains(#""Message":\#(message),"Timestamp""#))
  }

  /// What signatures are made of, and what filters look at.
  @Test func membersAreRead() throws {
    let notification = try notification(SNSEventCase.all[3].body)
    #expect(notification.topicARN == "arn:t")
    #expect(notification.messageID == "4777e226")
    #expect(notification.fields["SigningCertURL"] == "https://sns/0.pem")
    #expect(notification.fields["Subject"] == "sub")
    #expect(notification.fields["MessageAttributes"] == nil)
    #expect(notification.attributes?["n"]?["Value"] == "1.50")
    #expect(try self.notification(SNSEventCase.all[2].body).attributes == nil)
  }

  /// The documented messages: https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
  @Test func confirmationsAreToldFromNotifications() throws {
    let rest =
      #""MessageId":"m","TopicArn":"t","Message":"You have chosen to subscribe…","SubscribeURL":"https://sns/","#
      + #""Timestamp":"2012-04-26T20:45:04.751Z","SignatureVersion":"1","Signature":"E==","SigningCertURL":"https://sns/x.pem""#
    #expect(
      try notification(#"{"Type":"SubscriptionConfirmation","Token":"2336412f",\#(rest)}"#).kind
        == .subscriptionConfirmation(token: "2336412f"))
    #expect(
      try notification(#"{"Type":"UnsubscribeConfirmation","Token":"2336412f",\#(rest)}"#).kind
        == .unsubscribeConfirmation)
    #expect(throws: SNSNotificationError.incomplete(missing: "Token")) {
      try notification(#"{"Type":"SubscriptionConfirmation",\#(rest)}"#)
    }
    #expect(throws: SNSNotificationError.unknownType("Other")) { try notification(#"{"Type":"Other",\#(rest)}"#) }
  }

  @Test(arguments: ["Type", "MessageId", "TopicArn", "Message"]) func notificationWithoutItsPartsIsRefused(name: String)
  {
    let parts = ["Type", "MessageId", "TopicArn", "Message"].filter { $0 != name }.map {
      #""\#($0)":"Notification""#
    }
    for other in ["", #","\#(name)":null"#, #","\#(name)":7"#, #","\#(name)":"\ud800""#] {
      #expect(throws: SNSNotificationError.incomplete(missing: name)) {
        try notification("{" + parts.joined(separator: ",") + other + "}")
      }
    }
  }

  @Test(arguments: [
    "", "text", "[]", "null", "{", "{}x",
    #"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"","MessageAttributes":{"k":{"Value":"\ud800"}}}"#,
  ])
  func bodyThatIsNoMessageIsRefused(body: String) {
    let error = #expect(throws: SNSNotificationError.self) { try notification(body) }
    #expect(error.map { "\($0)" }?.hasPrefix("the notification cannot be read: ") == true)
  }

  /// Whatever stands in the place of a value, the event has to be JSON.
  @Test(arguments: ["7", "null", "[]", "{}", "true", #""x""#]) func eventOfStrangeValuesIsJSON(value: String) throws {
    for name in ["Subject", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL"] {
      let notification = try notification(
        #"{"\#(name)":\#(value),"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"x"}"#)
      let event = try JSONValue(parsing: notification.event(subscriptionARN: "a\"b"))
      guard case .array(let records)? = event["Records"] else {
        Issue.record("no records")
        continue
      }
      #expect(records[0]["EventSubscriptionArn"] == "a\"b")
    }
  }

  @Test(arguments: ["7", "[1]", "true", #""x""#, #"{"a":"x"}"#, #"{"a":{"Value":"x"}}"#])
  func attributesThatAreNoneAreRefused(value: String) {
    #expect(throws: SNSNotificationError.malformedAttributes) {
      try notification(
        #"{"MessageAttributes":\#(value),"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"x"}"#)
    }
  }

  @Test func bodyThatIsCutOffOrChangedIsReadOrRefused() {
    let body = Array(SNSEventCase.all[3].body.utf8)
    for place in body.indices {
      #expect(throws: SNSNotificationError.self, "cut at \(place)") {
        try SNSNotification(parsing: Array(body[..<place]))
      }
      for byte in [0x00, 0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0xff] as [UInt8] {
        var changed = body
        changed[place] = byte
        _ = try? SNSNotification(parsing: changed).event(subscriptionARN: "s")
      }
    }
  }
}
