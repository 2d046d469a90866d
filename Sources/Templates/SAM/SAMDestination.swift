import JSON

/// Where the outcome of an asynchronous invocation goes
/// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventinvokedestinationconfiguration.html).
struct SAMDestination {
  private let type: String
  private let given: JSONValue?

  init(_ value: JSONValue, path: String) throws(TemplateError) {
    guard let type = value["Type"]?.scalarText, ["SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"].contains(type)
    else {
      throw TemplateError("Type must be one of SQS, SNS, EventBridge, Lambda, S3Bucket", at: path)
    }
    self.type = type
    given = value["Destination"]
    guard let given else {
      guard type == "SQS" || type == "SNS" else {
        throw TemplateError("Destination is required where Type is \(type)", at: path)
      }
      return
    }
    // SAM would make a queue or topic under a condition.
    if case .array(let branches)? = given["Fn::If"], branches.contains(.ref("AWS::NoValue")) {
      throw TemplateError("Destination cannot be AWS::NoValue under a condition", at: path)
    }
  }

  /// The queue or topic that SAM makes where none is given.
  func resource(prefix: String) -> SAMResource? {
    guard given == nil else { return nil }
    return type == "SQS"
      ? SAMResource("\(prefix)Queue", "AWS::SQS::Queue", [:]) : SAMResource("\(prefix)Topic", "AWS::SNS::Topic", [:])
  }

  /// The ARN of the destination.
  func arn(prefix: String) -> JSONValue {
    given ?? (type == "SQS" ? .attribute("Arn", of: "\(prefix)Queue") : .ref("\(prefix)Topic"))
  }
}
