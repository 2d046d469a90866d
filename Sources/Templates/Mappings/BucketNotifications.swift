import JSON

/// The notifications of a bucket, of which those to functions are mappings: one for each configuration.
enum BucketNotifications {
  /// What a resource says of a bucket's notifications.
  struct Notifications: Equatable, Sendable {
    /// The bodies of `CreateEventSourceMapping`.
    var requests: [JSONValue]
    /// Whether the bucket's other mappings go: `PutBucketNotificationConfiguration` replaces all that was there.
    var isWhole: Bool
  }

  /// `Custom::S3BucketNotifications` of the CDK, which takes the shape of S3's own API. `Managed` is true where it is not
  /// said; where it is false, what others put there stays (CDK: aws-s3, NotificationsResourceHandler).
  static func custom(_ properties: JSONValue, partition: String) throws(TemplateError) -> Notifications {
    let given = try customShape.wire(properties)
    guard let bucket = given["BucketName"]?.string else { throw TemplateError("BucketName is missing") }
    let configurations = given["NotificationConfiguration"]?["LambdaFunctionConfigurations"]?.elements ?? []
    let requests = configurations.map { configuration in
      request(
        bucket, partition, function: configuration["LambdaFunctionArn"], events: configuration["Events"],
        rules: configuration["Filter"]?["Key"]?["FilterRules"])
    }
    return Notifications(requests: requests, isWhole: given["Managed"] != .bool(false))
  }

  /// `NotificationConfiguration` of `AWS::S3::Bucket`, which has names of its own
  /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html);
  /// nil where the bucket has none.
  static func bucket(
    _ properties: JSONValue, named bucket: String, partition: String
  ) throws(TemplateError) -> Notifications? {
    guard let configuration = properties["NotificationConfiguration"] else { return nil }
    guard let lambda = configuration["LambdaConfigurations"] else { return Notifications(requests: [], isWhole: false) }
    let given = try bucketShape.wire(lambda, at: "NotificationConfiguration.LambdaConfigurations")
    let requests = (given.elements ?? []).map { configuration in
      request(
        bucket, partition, function: configuration["Function"],
        events: configuration["Event"].map { .array([$0]) }, rules: configuration["Filter"]?["S3Key"]?["Rules"])
    }
    return Notifications(requests: requests, isWhole: true)
  }

  private static func request(
    _ bucket: String, _ partition: String, function: JSONValue?, events: JSONValue?, rules: JSONValue?
  ) -> JSONValue {
    var configuration: [JSONMember] = []
    if let events { configuration.append(JSONMember("Events", events)) }
    if let rules, rules.elements?.isEmpty == false {
      configuration.append(JSONMember("Filter", ["Key": ["FilterRules": rules]]))
    }
    return [
      "EventSourceArn": .string("arn:\(partition):s3:::\(bucket)"), "FunctionName": function ?? .null,
      "S3EventSourceConfig": .object(configuration),
    ]
  }

  private static let rules = PropertyShape.list(
    .object([.init("Name", .string, isRequired: true), .init("Value", .string, isRequired: true)]))

  private static let bucketShape = PropertyShape.list(
    .object([
      .init("Event", .string, isRequired: true), .init("Function", .string, isRequired: true),
      .init("Filter", .object([.init("S3Key", .object([.init("Rules", rules)]))])),
    ]))

  /// What tells queues, topics and EventBridge is not looked at.
  private static let customShape = PropertyShape.object([
    .init("ServiceToken", .unread), .init("BucketName", .string, isRequired: true), .init("Managed", .boolean),
    .init("SkipDestinationValidation", .unread),
    .init(
      "NotificationConfiguration",
      .object([
        .init("QueueConfigurations", .unread), .init("TopicConfigurations", .unread),
        .init("EventBridgeConfiguration", .unread),
        .init(
          "LambdaFunctionConfigurations",
          .list(
            .object([
              .init("Id", .unread), .init("Events", .list(.string), isRequired: true),
              .init("LambdaFunctionArn", .string, isRequired: true),
              .init("Filter", .object([.init("Key", .object([.init("FilterRules", rules)]))])),
            ]))),
      ]), isRequired: true),
  ])
}
