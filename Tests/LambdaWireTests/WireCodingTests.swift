import Testing

@testable import LambdaWire

@Suite struct WireCodingTests {
  @Test(arguments: [
    (#"{"BatchSize":"10"}"#, "'batchSize' must be an integer."),
    (#"{"BatchSize":1.5}"#, "A number of the request body is not an integer that fits."),
    (#"{"BatchSize":99999999999999999999}"#, "A number of the request body is not an integer that fits."),
    (#"{"FunctionName":1}"#, "'functionName' must be a string."),
    (#"{"Enabled":"true"}"#, "'enabled' must be a boolean."),
    (#"{"Topics":"a"}"#, "'topics' must be a list."),
    (#"{"FilterCriteria":[]}"#, "'filterCriteria' must be an object."),
    (
      #"{"FilterCriteria":{"Filters":[{"Pattern":"{}"},{"Pattern":{}}]}}"#,
      "'filterCriteria.filters.2.member.pattern' must be a string."
    ),
    (#"[]"#, "The request body must be an object."),
    (#""text""#, "The request body must be an object."),
  ]) func wrongTypeIsNamed(json: String, message: String) {
    #expect(throws: LambdaError(.serialization, message)) {
      try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.utf8))
    }
  }

  @Test(arguments: ["{", "{]", "nul", "{\"a\":1,}", "{'a':1}", "\u{FEFF}{}x", "{} {}", "{\"a\":01}", "\u{0}"])
  func brokenJSONIsRefused(json: String) {
    let error = #expect(throws: LambdaError.self) {
      try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.utf8))
    }
    #expect(error?.code == .serialization)
  }

  @Test func invalidUTF8IsRefused() {
    let json = Array(#"{"FunctionName":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
    #expect(throws: LambdaError.self) { try WireCoding.decode(CreateEventSourceMappingRequest.self, from: json) }
  }

  @Test func deeplyNestedJSONIsRefusedAndHarmsNothing() {
    let json = String(repeating: "[", count: 100_000)
    #expect(throws: LambdaError.self) {
      try WireCoding.decode(CreateEventSourceMappingRequest.self, from: Array(json.utf8))
    }
  }

  @Test func unknownMembersAreReadOver() throws {
    let request = try WireCoding.decode(
      CreateEventSourceMappingRequest.self, from: Array(#"{"FunctionName":"f","Unknown":{"a":[1]}}"#.utf8))
    #expect(request == CreateEventSourceMappingRequest(functionName: "f"))
  }

  @Test func emptyBodyIsAnEmptyObject() throws {
    #expect(try WireCoding.decode(UpdateEventSourceMappingRequest.self, from: []) == UpdateEventSourceMappingRequest())
  }

  @Test func nullIsNotGiven() throws {
    let request = try WireCoding.decode(
      CreateEventSourceMappingRequest.self, from: Array(#"{"FunctionName":null,"BatchSize":null,"Topics":null}"#.utf8))
    #expect(request == CreateEventSourceMappingRequest())
  }

  @Test func parametersComeBackAsTheyWent() throws {
    let json =
      #"{"BatchSize":5,"FilterCriteria":{"Filters":[{"Pattern":"{\"a\":[\"é/\"]}"}]},"StartingPositionTimestamp":1741010802.5}"#
    let parameters = try EncodedParameters(json: Array(json.utf8)).decoded()
    #expect(String(decoding: try EncodedParameters(parameters).json, as: UTF8.self) == json)
  }

  @Test(arguments: [
    #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:*"],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"é\/"}]}}}}"#,
    #"{"SNSEventSourceConfig":{"FilterPolicy":"{\"a\":[1]}","FilterPolicyScope":"MessageBody","#
      + #""DeadLetterQueueArn":"arn:aws:sqs:us-east-1:123456789012:q"}}"#,
    #"{"S3EventSourceConfig":{},"SNSEventSourceConfig":{}}"#,
  ])
  func configurationsOfBucketsAndTopicsComeBackAsTheyWent(json: String) throws {
    let parameters = try EncodedParameters(json: Array(json.utf8)).decoded()
    let again = try EncodedParameters(json: try EncodedParameters(parameters).json).decoded()
    #expect(again == parameters)
    #expect(parameters.s3EventSourceConfig != nil || parameters.snsEventSourceConfig != nil)
    #expect(parameters.s3EventSourceConfig?.filter?.key?.filterRules?.first?.value ?? "é/" == "é/")
    #expect(parameters.snsEventSourceConfig?.filterPolicy ?? #"{"a":[1]}"# == #"{"a":[1]}"#)
  }

  @Test func answerTakesEncodedParametersOver() throws {
    let configuration = EventSourceMappingConfiguration(
      uuid: "u", eventSourceMappingArn: "a", eventSourceArn: "s\"\\\u{1}", functionArn: "f", lastModified: 1_000_020,
      lastProcessingResult: nil, state: "Enabled", stateTransitionReason: "r",
      parameters: EncodedParameters(json: Array(#"{"BatchSize":5}"#.utf8)))
    #expect(
      String(decoding: configuration.json, as: UTF8.self)
        == #"{"UUID":"u","EventSourceMappingArn":"a","EventSourceArn":"s\"\\\u0001","FunctionArn":"f","BatchSize":5,"#
        + #""LastModified":1000.020,"State":"Enabled","StateTransitionReason":"r"}"#)
  }

  @Test(arguments: LambdaError.Code.allCases) func errorBodyHasTheRecordedCasing(code: LambdaError.Code) {
    let body = String(decoding: LambdaError(code, "text").body, as: UTF8.self)
    switch code {
    case .resourceNotFound, .resourceInUse: #expect(body == #"{"Type":"User","Message":"text"}"#)
    case .service: #expect(body == #"{"Type":"Service","Message":"text"}"#)
    case .invalidParameterValue, .invalidRequestContent, .requestTooLarge, .resourceConflict, .tooManyRequests:
      #expect(body == #"{"Type":"User","message":"text"}"#)
    case .validation, .serialization, .unknownOperation: #expect(body == #"{"message":"text"}"#)
    }
  }
}

@Suite struct MappingParametersTests {
  @Test func pathLowersTheFirstLetterAlone() {
    #expect(Parameter.kmsKeyArn.path == "kMSKeyArn")
    #expect(Parameter.batchSize.path == "batchSize")
  }

  @Test func updateKeepsWhatItOmits() {
    var parameters = MappingParameters()
    parameters.batchSize = 5
    parameters.kmsKeyArn = "arn:aws:kms:::k"
    var changes = MappingParameters()
    changes.batchSize = 7
    parameters.apply(changes)
    #expect(parameters.batchSize == 7)
    #expect(parameters.kmsKeyArn == "arn:aws:kms:::k")
  }

  @Test func updateClearsWhatItGivesEmpty() throws {
    let json =
      #"{"FilterCriteria":{"Filters":[{"Pattern":"{}"}]},"ScalingConfig":{"MaximumConcurrency":2},"KMSKeyArn":"arn:aws:kms:::k","MetricsConfig":{"Metrics":["EventCount"]},"FunctionResponseTypes":["ReportBatchItemFailures"],"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:s3:::b"}}}"#
    var parameters = try WireCoding.decode(MappingParameters.self, from: Array(json.utf8))
    let empty =
      #"{"FilterCriteria":{},"ScalingConfig":{},"KMSKeyArn":"","MetricsConfig":{"Metrics":[]},"FunctionResponseTypes":[],"DestinationConfig":{}}"#
    parameters.apply(try WireCoding.decode(MappingParameters.self, from: Array(empty.utf8)))
    #expect(parameters == MappingParameters())
  }

  /// A configuration is one value: what it leaves out is gone.
  @Test func updateReplacesTheConfigurationOfABucketOrTopicWhole() throws {
    let json =
      #"{"S3EventSourceConfig":{"Events":["s3:ObjectRemoved:*"],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"a"}]}}},"#
      + #""SNSEventSourceConfig":{"FilterPolicy":"{\"a\":[1]}","DeadLetterQueueArn":"d"}}"#
    var parameters = try WireCoding.decode(MappingParameters.self, from: Array(json.utf8))
    let changes =
      #"{"S3EventSourceConfig":{"Events":["s3:ObjectCreated:Put"]},"SNSEventSourceConfig":{"FilterPolicyScope":"MessageBody"}}"#
    parameters.apply(try WireCoding.decode(MappingParameters.self, from: Array(changes.utf8)))
    #expect(parameters.s3EventSourceConfig == S3EventSourceConfig(events: ["s3:ObjectCreated:Put"]))
    #expect(parameters.snsEventSourceConfig == SNSEventSourceConfig(filterPolicyScope: "MessageBody"))
    let empty = #"{"S3EventSourceConfig":{"Events":[],"Filter":{}},"SNSEventSourceConfig":{"FilterPolicy":""}}"#
    parameters.apply(try WireCoding.decode(MappingParameters.self, from: Array(empty.utf8)))
    #expect(parameters == MappingParameters())
  }

  @Test func updateLeavesWhatItCannotChange() {
    var parameters = MappingParameters()
    parameters.startingPosition = "LATEST"
    var changes = MappingParameters()
    changes.startingPosition = "TRIM_HORIZON"
    changes.topics = ["t"]
    parameters.apply(changes)
    #expect(parameters.startingPosition == "LATEST")
    #expect(parameters.topics == nil)
  }
}
