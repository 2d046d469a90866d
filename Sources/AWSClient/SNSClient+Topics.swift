/// Topics as such, and who is subscribed to them.
extension SNSClient {
  /// Makes a topic with those attributes and gives its ARN; one of that name that is there already is given
  /// (https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html).
  public func createTopic(name: String, attributes: [String: String] = [:]) async throws(AWSError) -> String {
    var form = Self.form("CreateTopic")
    form.append("Name", name.utf8)
    form.append("Attributes", attributes)
    guard let arn = try await result("CreateTopic", form)["TopicArn"]?.text, !arn.isEmpty else {
      throw invalid("no TopicArn")
    }
    return arn
  }

  /// Sets one attribute of a topic (https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html).
  public func setTopicAttribute(topicARN: String, name: String, value: String) async throws(AWSError) {
    try await set("SetTopicAttributes", of: ("TopicArn", topicARN), name, value)
  }

  /// Deletes a topic and its subscriptions (https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html). One that is
  /// not there is no error of AWS; some emulators answer `NotFound`.
  public func deleteTopic(topicARN: String) async throws(AWSError) {
    var form = Self.form("DeleteTopic")
    form.append("TopicArn", topicARN.utf8)
    _ = try await send(form)
  }

  // MARK: Subscriptions

  /// The ARN of a confirmed subscription to a topic; nil where the endpoint has none
  /// (https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html).
  public func subscription(
    topicARN: String, protocol transport: String, endpoint: String
  ) async throws(AWSError) -> String? {
    var token: String?
    var seen: Set<String> = []
    while true {
      var form = Self.form("ListSubscriptionsByTopic")
      form.append("TopicArn", topicARN.utf8)
      if let token { form.append("NextToken", token.utf8) }
      let result = try await result("ListSubscriptionsByTopic", form)
      for member in result["Subscriptions"]?.children ?? []
      where member["Protocol"]?.text == transport && member["Endpoint"]?.text == endpoint {
        if let arn = Self.subscriptionARN(in: member) { return arn }
      }
      guard let next = result["NextToken"]?.text, !next.isEmpty else { return nil }
      guard seen.insert(next).inserted else { throw invalid("a NextToken that leads to itself") }
      token = next
    }
  }

  /// Sets one attribute of a subscription
  /// (https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html).
  public func setSubscriptionAttribute(subscriptionARN: String, name: String, value: String) async throws(AWSError) {
    try await set("SetSubscriptionAttributes", of: ("SubscriptionArn", subscriptionARN), name, value)
  }

  private func set(
    _ action: String, of subject: (name: String, arn: String), _ name: String, _ value: String
  ) async throws(AWSError) {
    var form = Self.form(action)
    form.append(subject.name, subject.arn.utf8)
    form.append("AttributeName", name.utf8)
    form.append("AttributeValue", value.utf8)
    _ = try await send(form)
  }
}
