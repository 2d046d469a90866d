import JSON
import Testing

@testable import Templates

/// CloudFormation's spellings, and values in each other's clothes.
@Suite struct MappingPropertiesTests {
  static func request(_ more: JSONValue) throws(TemplateError) -> JSONValue {
    try MappingProperties.request(.object([JSONMember("FunctionName", "f")] + more.members)).setting(
      "FunctionName", to: nil)
  }

  @Test(
    arguments: [
      (["KmsKeyArn": "arn:k"], ["KMSKeyArn": "arn:k"]), (["BatchSize": "10"], ["BatchSize": 10]),
      (["BatchSize": 10], ["BatchSize": 10]), (["Enabled": "false"], ["Enabled": false]),
      (["Enabled": "True"], ["Enabled": true]),
      (["MaximumRetryAttempts": "-1"], ["MaximumRetryAttempts": -1]),
      (["Topics": [1, true]], ["Topics": ["1", "true"]]),
      (["Tags": [["Key": "a", "Value": 1], ["Key": "b", "Value": ""]]], ["Tags": ["a": "1", "b": ""]]),
      (
        ["SelfManagedEventSource": ["Endpoints": ["KafkaBootstrapServers": ["a:1"]]]],
        ["SelfManagedEventSource": ["Endpoints": ["KAFKA_BOOTSTRAP_SERVERS": ["a:1"]]]]
      ),
      (
        ["FilterCriteria": ["Filters": [["Pattern": ["a": [1]]]]]],
        ["FilterCriteria": ["Filters": [["Pattern": #"{"a":[1]}"#]]]]
      ),
      (["FilterCriteria": ["Filters": [["Pattern": "{}"]]]], ["FilterCriteria": ["Filters": [["Pattern": "{}"]]]]),
      (["ScalingConfig": ["MaximumConcurrency": "2"]], ["ScalingConfig": ["MaximumConcurrency": 2]]),
      (
        [
          "AmazonManagedKafkaEventSourceConfig": [
            "ConsumerGroupId": "g", "SchemaRegistryConfig": ["AccessConfigs": [["Type": "T", "URI": "u"]]],
          ]
        ],
        [
          "AmazonManagedKafkaEventSourceConfig": [
            "ConsumerGroupId": "g", "SchemaRegistryConfig": ["AccessConfigs": [["Type": "T", "URI": "u"]]],
          ]
        ]
      ),
      (["StartingPositionTimestamp": "1700000000.5"], ["StartingPositionTimestamp": .number(JSONNumber(0))]),
    ] as [(JSONValue, JSONValue)])
  func propertyIsWhatTheAPITakes(properties: JSONValue, request: JSONValue) throws {
    guard properties["StartingPositionTimestamp"] == nil else {
      #expect(try Self.request(properties).text == #"{"StartingPositionTimestamp":1700000000.5}"#)
      return
    }
    #expect(try Self.request(properties) == request)
  }

  @Test(
    arguments: [
      (["BatchSize": "ten"], #"BatchSize has to be a whole number, not "ten""#),
      (["Enabled": "yes"], #"Enabled has to be true or false, not "yes""#),
      (["Nope": 1], "Nope is not a property here"),
      (["FilterCriteria": ["Filters": [["Patern": "x"]]]], "FilterCriteria.Filters[0].Patern is not a property here"),
      (["Topics": "t"], #"Topics has to be a list, not "t""#), (["Tags": [["Key": "a"]]], "Tags[0].Value is missing"),
      (["Tags": [["Key": "a", "Value": "1"], ["Key": "a", "Value": "2"]]], "Tags has the key 'a' twice"),
    ] as [(JSONValue, String)])
  func whatNoPropertyIsIsRefused(properties: JSONValue, text: String) {
    #expect(throws: TemplateError(text)) { try Self.request(properties) }
  }

  @Test func aMappingNeedsAFunction() {
    #expect(throws: TemplateError("FunctionName is missing")) { try MappingProperties.request([:]) }
  }

  @Test(
    arguments: [
      (["BatchSize": 1], ["BatchSize": 2], .inPlace), (["BatchSize": 1], [:], .inPlace),
      (["BatchSize": 1], ["BatchSize": 1], .none),
      (["EventSourceArn": "a"], ["EventSourceArn": "b"], .replacement),
      (["StartingPosition": "LATEST"], [:], .replacement),
      (["Topics": ["a"]], ["Topics": ["b"]], .replacement), (["Queues": ["a"]], ["Queues": ["b"]], .replacement),
      (["FunctionName": "a"], ["FunctionName": "b"], .inPlace),
      (
        ["SelfManagedKafkaEventSourceConfig": ["ConsumerGroupId": "a"]],
        ["SelfManagedKafkaEventSourceConfig": ["ConsumerGroupId": "b"]], .replacement
      ),
    ] as [(JSONValue, JSONValue, SourceChange)])
  func changeIsWhatTheUpdateCanDo(old: JSONValue, new: JSONValue, change: SourceChange) {
    #expect(MappingProperties.change(from: old, to: new) == change)
  }

  @Test func aSubscriptionIsAMappingOfItsTopic() throws {
    let request = try TopicSubscriptions.request([
      "Protocol": "lambda", "TopicArn": "arn:t", "Endpoint": "arn:f", "FilterPolicy": ["a": ["b"]],
      "RawMessageDelivery": true,
      "FilterPolicyScope": "MessageBody", "RedrivePolicy": ["deadLetterTargetArn": "arn:q"],
    ])
    #expect(
      request == [
        "EventSourceArn": "arn:t", "FunctionName": "arn:f",
        "SNSEventSourceConfig": [
          "FilterPolicy": #"{"a":["b"]}"#, "FilterPolicyScope": "MessageBody", "DeadLetterQueueArn": "arn:q",
        ],
      ])
  }

  @Test func aSubscriptionOfATopicIsAResourceOfItsOwn() {
    let expanded = InlineSubscriptions.expand([
      "Resources": [
        "T": [
          "Type": "AWS::SNS::Topic", "Properties": ["Subscription": [["Protocol": "lambda", "Endpoint": "arn:f"]]],
        ]
      ]
    ])
    #expect(expanded["Resources"]?["T"]?["Properties"] == [:])
    #expect(
      expanded["Resources"]?["TSubscription0"] == [
        "Type": "AWS::SNS::Subscription",
        "Properties": ["TopicArn": ["Ref": "T"], "Protocol": "lambda", "Endpoint": "arn:f"],
      ])
  }

  @Test func notificationsOfABucketHaveNamesOfTheirOwn() throws {
    let notifications = try BucketNotifications.bucket(
      [
        "NotificationConfiguration": [
          "QueueConfigurations": [["Event": "x", "Queue": "q"]],
          "LambdaConfigurations": [
            [
              "Event": "s3:ObjectCreated:*", "Function": "arn:f",
              "Filter": ["S3Key": ["Rules": [["Name": "suffix", "Value": ".png"]]]],
            ]
          ],
        ]
      ], named: "photos", partition: "aws-cn")
    #expect(
      notifications?.requests == [
        [
          "EventSourceArn": "arn:aws-cn:s3:::photos", "FunctionName": "arn:f",
          "S3EventSourceConfig": [
            "Events": ["s3:ObjectCreated:*"],
            "Filter": ["Key": ["FilterRules": [["Name": "suffix", "Value": ".png"]]]],
          ],
        ]
      ])
    #expect(try BucketNotifications.bucket([:], named: "b", partition: "aws") == nil)
  }
}
