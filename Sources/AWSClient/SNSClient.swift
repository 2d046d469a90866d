/// The part of SNS's API that publishes to a topic and subscribes to one, over the Query protocol
/// (https://docs.aws.amazon.com/sns/latest/api/).
public struct SNSClient: Sendable {
  private let client: AWSClient
  private let region: String
  private let account: String
  private let shard: Int

  /// Calls in a region, for an account, over the connections of a shard.
  public init(_ client: AWSClient, region: String, account: String, shard: Int = 0) {
    self.client = client
    self.region = region
    self.account = account
    self.shard = shard
  }

  /// Publishes a message, which is UTF-8 text, to a topic (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
  public func publish(topicARN: String, message: [UInt8]) async throws(AWSError) {
    var form = Self.form("Publish")
    form.append("TopicArn", topicARN.utf8)
    form.append("Message", message)
    _ = try await send(form)
  }

  /// The attributes of a topic (https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html).
  public func topicAttributes(topicARN: String) async throws(AWSError) -> [String: String] {
    try await attributes("GetTopicAttributes", of: ("TopicArn", topicARN))
  }

  // MARK: Subscriptions

  /// Subscribes an endpoint to a topic and gives the subscription's ARN; nil where SNS does not tell it before the
  /// endpoint has confirmed (https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html).
  ///
  /// An endpoint that is subscribed already stays so, with the same ARN; with other attributes than those given it is the
  /// error `InvalidParameter`.
  public func subscribe(
    topicARN: String, protocol transport: String, endpoint: String, attributes: [String: String] = [:]
  ) async throws(AWSError) -> String? {
    var form = Self.form("Subscribe")
    form.append("TopicArn", topicARN.utf8)
    form.append("Protocol", transport.utf8)
    form.append("Endpoint", endpoint.utf8)
    form.append("Attributes", attributes)
    // AWS gives the ARN then though it is not confirmed; some emulators say `pending confirmation` nevertheless.
    form.append("ReturnSubscriptionArn", "true".utf8)
    return Self.subscriptionARN(in: try await result("Subscribe", form))
  }

  /// Confirms a subscription with the token that its endpoint was sent, and gives its ARN
  /// (https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html).
  public func confirmSubscription(topicARN: String, token: String) async throws(AWSError) -> String {
    var form = Self.form("ConfirmSubscription")
    form.append("TopicArn", topicARN.utf8)
    form.append("Token", token.utf8)
    guard let arn = Self.subscriptionARN(in: try await result("ConfirmSubscription", form)) else {
      throw invalid("no SubscriptionArn")
    }
    return arn
  }

  /// Ends a subscription (https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html). One that is not there is no
  /// error.
  public func unsubscribe(subscriptionARN: String) async throws(AWSError) {
    var form = Self.form("Unsubscribe")
    form.append("SubscriptionArn", subscriptionARN.utf8)
    _ = try await send(form)
  }

  /// The attributes of a subscription, `PendingConfirmation` among them
  /// (https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html).
  public func subscriptionAttributes(subscriptionARN: String) async throws(AWSError) -> [String: String] {
    try await attributes("GetSubscriptionAttributes", of: ("SubscriptionArn", subscriptionARN))
  }

  static func subscriptionARN(in result: XMLElement) -> String? {
    guard let text = result["SubscriptionArn"]?.text, text.hasPrefix("arn:") else { return nil }
    return text
  }

  // MARK: Calls

  static func form(_ action: String) -> QueryForm { QueryForm(action: action, version: "2010-03-31") }

  private func attributes(
    _ action: String, of subject: (name: String, arn: String)
  ) async throws(AWSError) -> [String: String] {
    var form = Self.form(action)
    form.append(subject.name, subject.arn.utf8)
    let result = try await result(action, form)
    var attributes: [String: String] = [:]
    for entry in result["Attributes"]?.children ?? [] where entry.name == "entry" {
      guard let key = entry["key"]?.text else { throw invalid("an attribute without a key") }
      attributes[key] = entry["value"]?.text ?? ""
    }
    return attributes
  }

  /// Makes a call and gives the element of its answer that has what was asked for.
  func result(_ action: String, _ form: QueryForm) async throws(AWSError) -> XMLElement {
    let body = try await send(form).body
    let answer: XMLElement
    do throws(XMLError) {
      answer = try XMLElement(parsing: body)
    } catch {
      throw invalid("\(error)")
    }
    guard let result = answer["\(action)Result"] else { throw invalid("no \(action)Result") }
    return result
  }

  func send(_ form: QueryForm) async throws(AWSError) -> AWSAnswer {
    let answer = try await client.send(
      AWSCall(
        service: .sns, region: region, account: account, headers: [("content-type", QueryForm.contentType)],
        body: form.bytes, shard: shard))
    // SNS has no redirections: one comes from what stands before it, and nothing has been done.
    guard answer.status < 300 else { throw .service(AWSServiceError(answer)) }
    return answer
  }

  func invalid(_ reason: String) -> AWSError {
    .invalidAnswer(endpoint: client.configuration.endpoint(for: .sns, region: region).url, reason: reason)
  }
}
