import JSON

/// `Subscription` of `AWS::SNS::Topic`: subscriptions without resources of their own
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html).
enum InlineSubscriptions {
  /// The document with a resource for each of them: `Topic` with two has `TopicSubscription0` and `TopicSubscription1`.
  static func expand(_ document: JSONValue) -> JSONValue {
    guard case .object(let resources)? = document["Resources"] else { return document }
    var made: [JSONMember] = []
    for member in resources where member.value["Type"] == "AWS::SNS::Topic" {
      let subscriptions = member.value["Properties"]?["Subscription"]?.elements ?? []
      for (index, subscription) in subscriptions.enumerated() {
        guard case .object(let properties) = subscription else { continue }
        var resource: JSONValue = [
          "Type": "AWS::SNS::Subscription",
          "Properties": .object([JSONMember("TopicArn", .ref(member.name))] + properties),
        ]
        resource = resource.setting("Condition", to: member.value["Condition"])
        let name = "\(member.name)Subscription\(index)"
        if !resources.contains(where: { $0.name == name }) { made.append(JSONMember(name, resource)) }
      }
    }
    return made.isEmpty ? document : document.setting("Resources", to: .object(resources + made))
  }
}
