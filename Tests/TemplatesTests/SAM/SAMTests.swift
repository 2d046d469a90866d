import JSON
import Testing

@testable import Templates

@Suite struct SAMTests {
  @Test(arguments: TransformedTemplate.all)
  func eventsBecomeWhatTheTransformMakesOfThem(_ transformed: TransformedTemplate) throws {
    let (template, ignored) = try SAM.expand(Self.document(transformed.template))
    let made = template["Resources"]?.members.filter { $0.value["Type"] != "AWS::Serverless::Function" } ?? []
    let expected = try Self.document(transformed.resources).members
    #expect(Set(made.map(\.name)) == Set(expected.map(\.name)))
    for resource in expected {
      let value = made.first { $0.name == resource.name }?.value
      #expect(value?.withoutScalarTypes == resource.value.withoutScalarTypes, "\(resource.name)")
    }
    #expect(ignored.isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"Transform":"AWS::LanguageExtensions","Resources":{"F":{"Type":"AWS::Serverless::Function"}}}"#,
    #"{"Resources":{"F":{"Type":"AWS::Serverless::Function","Properties":{"Events":{"E":{}}}}}}"#, "[]",
    #"{"Transform":"AWS::Serverless-2016-10-31"}"#,
  ]) func otherDocumentComesBackAsItIs(text: String) throws {
    let document = try Self.document(text)
    #expect(try SAM.expand(document).template == document)
  }

  @Test(arguments: [
    #""AWS::Serverless-2016-10-31""#, #"["AWS::LanguageExtensions","AWS::Serverless-2016-10-31"]"#,
    #"[{"Name":"AWS::Serverless-2016-10-31"}]"#,
  ]) func transformMayBeOneOfSeveral(transform: String) throws {
    let template = try SAM.expand(
      Self.document(
        #"{"Transform":\#(transform),"Resources":{"F":{"Type":"AWS::Serverless::Function","Properties":"#
          + #"{"Events":{"E":{"Type":"SQS","Properties":{"Queue":"q"}}}}}}}"#)
    ).template
    #expect(template["Resources"]?["FE"]?["Properties"]?["EventSourceArn"] == "q")
    #expect(template["Resources"]?["F"]?["Properties"] == [:])
  }

  /// The transform knows what the parameter is; before it is known, the alias is named by a reference to it.
  @Test func aliasMayBeNamedByAParameter() throws {
    let resources = try SAM.expand(
      Self.document(
        #"{"Transform":"AWS::Serverless-2016-10-31","Parameters":{"Stage":{"Type":"String","Default":"dev"}},"#
          + #""Resources":{"F":{"Type":"AWS::Serverless::Function","Properties":{"AutoPublishAlias":{"Ref":"Stage"},"#
          + #""Events":{"E":{"Type":"SQS","Properties":{"Queue":"q"}}}}}}}"#)
    ).template["Resources"]
    #expect(resources?["FAliasdev"]?["Properties"]?["Name"] == .ref("Stage"))
    #expect(resources?["FE"]?["Properties"]?["FunctionName"] == .ref("FAliasdev"))
  }

  @Test func eventsThatNoMappingReadsAreTold() throws {
    let (template, ignored) = try Self.expand(
      events: #"{"A":{"Type":"Api"},"H":{"Type":"HttpApi","Properties":{"Path":"/"}},"#
        + #""T":{"Type":"Schedule","Properties":{"Schedule":"rate(1 day)"}}}"#)
    #expect(ignored.map(\.logicalID) == ["F/Events/A", "F/Events/H", "F/Events/T"])
    #expect(ignored.map(\.type) == ["Api", "HttpApi", "Schedule"])
    #expect(template["Resources"]?.members.map(\.name) == ["F"])
  }

  @Test(arguments: [
    (#"{"E":{}}"#, "F/Events/E", "An event needs a Type"),
    (#"{"E":{"Type":"Pigeon"}}"#, "F/Events/E", "SAM has no event of the type Pigeon"),
    (#"{"E":{"Type":"SQS"}}"#, "F/Events/E", "An event of the type SQS needs the property Queue"),
    (#"{"E":{"Type":"SQS","Properties":[]}}"#, "F/Events/E", "Properties is no map"),
    (
      #"{"E":{"Type":"Kinesis","Properties":{"Stream":"s"}}}"#, "F/Events/E",
      "An event of the type Kinesis needs the property StartingPosition"
    ),
    (
      #"{"E":{"Type":"SQS","Properties":{"Queue":"q","Colour":1}}}"#, "F/Events/E",
      "An event of the type SQS has no property Colour"
    ),
    (
      #"{"E":{"Type":"SQS","Properties":{"Queue":"q","ConsumerGroupId":"g"}}}"#, "F/Events/E",
      "An event of the type SQS has no property ConsumerGroupId"
    ),
    (
      #"{"E":{"Type":"SQS","Properties":{"Queue":"q","DestinationConfig":{}}}}"#, "F/Events/E",
      "DestinationConfig needs OnFailure"
    ),
    (
      #"{"E":{"Type":"SQS","Properties":{"Queue":"q","DestinationConfig":{"OnFailure":{"Type":"Fax"}}}}}"#,
      "F/Events/E", "Type of DestinationConfig must be one of SQS, SNS, S3, Kafka"
    ),
    (
      #"{"E":{"Type":"S3","Properties":{"Bucket":"b","Events":"e"}}}"#, "F/Events/E",
      "An event of the type S3 must reference a bucket of the same template"
    ),
    (
      #"{"E":{"Type":"S3","Properties":{"Bucket":{"Ref":"Elsewhere"},"Events":"e"}}}"#, "F/Events/E",
      "An event of the type S3 must reference a bucket of the same template"
    ),
    (
      #"{"E":{"Type":"SNS","Properties":{"Topic":"t","SqsSubscription":{"QueueArn":"a"}}}}"#, "F/Events/E",
      "SqsSubscription needs QueueArn and QueueUrl"
    ),
    (
      #"{"E":{"Type":"SNS","Properties":{"Topic":"t","SqsSubscription":"maybe"}}}"#, "F/Events/E",
      "SqsSubscription is neither a boolean nor a map"
    ),
    (#"[]"#, "F", "Events is no map"),
    (
      #"{"":{"Type":"SQS","Properties":{"Queue":"q"}}}"#, "F", "SAM makes a resource of this name for F"
    ),
  ]) func eventThatCannotBeUnderstoodIsAnError(events: String, place: String, message: String) {
    #expect(throws: TemplateError(message, at: place)) { try Self.expand(events: events) }
  }

  @Test(arguments: [
    (#""AutoPublishAlias":{"Ref":"Nowhere"}"#, "F", "AutoPublishAlias is neither a text nor a Ref to a parameter"),
    (#""AutoPublishAlias":{"Fn::Sub":"x"}"#, "F", "AutoPublishAlias is neither a text nor a Ref to a parameter"),
    (#""EventInvokeConfig":[]"#, "F", "EventInvokeConfig is no map"),
    (
      #""EventInvokeConfig":{"DestinationConfig":{"OnSuccess":{"Destination":"arn"}}}"#,
      "F/EventInvokeConfig/DestinationConfig/OnSuccess",
      "Type must be one of SQS, SNS, EventBridge, Lambda, S3Bucket"
    ),
    (
      #""EventInvokeConfig":{"DestinationConfig":{"OnFailure":{"Type":"Lambda"}}}"#,
      "F/EventInvokeConfig/DestinationConfig/OnFailure", "Destination is required where Type is Lambda"
    ),
    (
      #""EventInvokeConfig":{"DestinationConfig":{"OnFailure":{"Type":"SQS","Destination":"#
        + #"{"Fn::If":["C",{"Ref":"AWS::NoValue"},"arn"]}}}}"#,
      "F/EventInvokeConfig/DestinationConfig/OnFailure",
      "Destination cannot be AWS::NoValue under a condition"
    ),
  ]) func propertyOfAFunctionThatCannotBeUnderstoodIsAnError(properties: String, place: String, message: String) {
    #expect(throws: TemplateError(message, at: place)) {
      try SAM.expand(
        Self.document(
          #"{"Transform":"AWS::Serverless-2016-10-31","Resources":{"F":{"Type":"AWS::Serverless::Function","#
            + #""Properties":{\#(properties)}}}}"#))
    }
  }

  private static func expand(
    events: String
  ) throws -> (template: JSONValue, ignored: [(logicalID: String, type: String)]) {
    try SAM.expand(
      document(
        #"{"Transform":"AWS::Serverless-2016-10-31","Resources":{"F":{"Type":"AWS::Serverless::Function","#
          + #""Properties":{"Events":\#(events)}}}}"#))
  }

  private static func document(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
}
