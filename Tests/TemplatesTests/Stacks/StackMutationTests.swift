import FoundationEssentials
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Templates

/// Whatever a template says: it is applied, or refused and nothing of it is there.
@Suite struct StackMutationTests {
  static let templates: [String] = [
    #"""
    {"Parameters": {"Stage": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}},
     "Mappings": {"Sizes": {"dev": {"Batch": 5}, "prod": {"Batch": 10}}},
     "Conditions": {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                    "Any": {"Fn::Or": [{"Condition": "IsProduction"}, {"Fn::Not": [{"Condition": "IsProduction"}]}]}},
     "Resources": {
       "Function": {"Type": "AWS::Lambda::Function", "DependsOn": ["Role"]},
       "Role": {"Type": "AWS::IAM::Role"},
       "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": "30"}},
       "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Condition": "Any", "Properties": {
         "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Function"},
         "BatchSize": {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Batch"]},
         "FilterCriteria": {"Filters": [{"Pattern": {"Fn::Sub": "{\"body\": {\"stage\": [\"${Stage}\"]}}"}}]},
         "Tags": [{"Key": "stage", "Value": {"Ref": "Stage"}}]}},
       "Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"},
       "Changes": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
         "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}, "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
         "StartingPosition": {"Fn::If": ["IsProduction", "LATEST", "TRIM_HORIZON"]}, "MaximumRetryAttempts": 2}}},
     "Outputs": {"Id": {"Value": {"Ref": "Mapping"}, "Export": {"Name": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "id"]]}}}}}
    """#,
    #"""
    {"Resources": {
       "F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "photos"}},
       "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"LambdaConfigurations": [
         {"Event": "s3:ObjectCreated:*", "Function": {"Fn::GetAtt": ["F", "Arn"]},
          "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}}}]}}},
       "Notifications": {"Type": "Custom::S3BucketNotifications", "Properties": {"BucketName": "other", "Managed": "false",
         "NotificationConfiguration": {"LambdaFunctionConfigurations": [
           {"Events": ["s3:ObjectRemoved:*"], "LambdaFunctionArn": {"Fn::GetAtt": ["F", "Arn"]}}]}}},
       "Topic": {"Type": "AWS::SNS::Topic"},
       "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {"Protocol": "lambda", "TopicArn": {"Ref": "Topic"},
         "Endpoint": {"Fn::GetAtt": ["F", "Arn"]}, "FilterPolicy": {"a": ["b"]},
         "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}}},
       "Config": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {"FunctionName": {"Ref": "F"},
         "Qualifier": "$LATEST", "MaximumRetryAttempts": "1"}},
       "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Arn": {"Ref": "Topic"}}},
         "Metadata": {"headrace:template": {"Parameters": {"Arn": {"Type": "String"}}, "Resources": {
           "Inner": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Arn"}]}]}}}},
           "Outputs": {"Url": {"Value": {"Ref": "Inner"}}}}}},
       "Reader": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "reader-${AWS::Region}"},
         "Url": {"Fn::GetAtt": ["Nested", "Outputs.Url"]}}}}}
    """#,
    #"""
    {"Transform": "AWS::Serverless-2016-10-31", "Globals": {"Function": {"AutoPublishAlias": "live"}}, "Resources": {
       "Queue": {"Type": "AWS::SQS::Queue"},
       "Worker": {"Type": "AWS::Serverless::Function", "Properties": {
         "EventInvokeConfig": {"MaximumRetryAttempts": 0},
         "Events": {"Orders": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}, "BatchSize": 3}},
                    "Page": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}}}}}}
    """#,
  ]

  @Test(arguments: templates.indices) func templateIsAppliedAsItIs(index: Int) async throws {
    let outcome = try await Self.apply(try TemplateText.parse(Array(Self.templates[index].utf8)), FakeWorld())
    #expect(outcome.changes.count > 1)
  }

  @Test(arguments: templates.indices) func mutatedTemplateIsAppliedOrNothingOfItIsThere(index: Int) async throws {
    let document = try TemplateText.parse(Array(Self.templates[index].utf8))
    var mutation = TemplateMutation.announced(for: "changes of template \(index)")
    var applied = 0
    for round in 0..<250 {
      var mutated = document
      for _ in 0...(round % 4) { mutated = mutation.mutated(mutated) }
      let world = FakeWorld()
      do throws(StackError) {
        _ = try await Self.apply(mutated, world)
        applied += 1
        // What was applied can be taken away again, whatever it is.
        _ = try await world.stacks().delete(StackTests.identity)
        #expect(world.mappings == [:], "round \(round): \(mutated.text)")
      } catch {
        #expect(world.mappings == [:] && world.sourceNames == [], "round \(round): \(mutated.text)")
        #expect(world.state.withLock { $0.stacks.isEmpty && $0.configs.isEmpty })
        guard case .refused(let reason) = error else {
          if case .rolledBack = error { continue }
          Issue.record("\(error), round \(round): \(mutated.text)")
          continue
        }
        #expect(!reason.message.isEmpty)
      }
    }
    #expect(applied > 3, "of what is mutated a little some is still a template")
  }

  @Test(arguments: templates.indices) func mutatedTextIsReadOrRefused(index: Int) throws {
    let bytes = Array(Self.templates[index].utf8)
    let yaml = Array("a: !Sub '${b}'\nc: &x [1, !GetAtt a.b]\nd:\n  - *x\n  - {e: |-\n".utf8)
    var mutation = TemplateMutation.announced(for: "changes of the text of template \(index)")
    for round in 0..<500 {
      let text = mutation.mutated(round % 2 == 0 ? bytes : yaml)
      do throws(TemplateError) {
        try Template(try TemplateText.parse(text)).check()
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }

  private static func apply(_ document: JSONValue, _ world: FakeWorld) async throws(StackError) -> StackOutcome {
    var application = Stacks.Application(identity: StackTests.identity, document: document)
    application.createsSources = true
    return try await world.stacks().apply(application)
  }
}
