import JSON

/// `Subscription` of `AWS::SNS::Topic`: subscriptions without resources of their own
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html).
enum InlineSubscriptions {
  /// The document with a resource for each of them in place of the list: `Topic` with two has `TopicSubscription0` and
  /// `TopicSubscription1`.
  static func expand(_ document: JSONValue) -> JSONValue {
    guard case .object(let resources)? = document["Resources"] else { return document }
    var made: [JSONMember] = []
    let kept = resources.map { member -> JSONMember in
      guard member.value["Type"] == "AWS::SNS::Topic", let properties = member.value["Properties"],
        let subscriptions = properties["Subscription"]?.elements
      else { return member }
      for (index, subscription) in subscriptions.enumerated() {
        guard case .object(let properties) = subscription else { continue }
        let resource: JSONValue = [
          "Type": "AWS::SNS::Subscription",
          "Properties": .object([JSONMember("TopicArn", .ref(member.name))] + properties),
        ]
        made.append(
          JSONMember(
            "\(member.name)Subscription\(index)", resource.setting("Condition", to: member.value["Condition"])))
      }
      return JSONMember(
        member.name, member.value.setting("Properties", to: properties.setting("Subscription", to: nil)))
    }
    return made.isEmpty ? document : document.setting("Resources", to: .object(kept + made))
  }
}
