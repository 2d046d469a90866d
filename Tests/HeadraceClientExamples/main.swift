import HeadraceClient

/// Runs one of the examples against the endpoint that the environment names, and prints the id of the event source:
/// `HeadraceClientExamples sqs`, `HeadraceClientExamples dynamodb STREAM-ARN`. `lifecycle` runs through all that a handle can do.
let arguments = CommandLine.arguments.dropFirst()
try await Client.with { client in
  switch arguments.first {
  case "sqs": print(try await sqsExample(client).eventSourceID)
  case "s3": print(try await s3Example(client).eventSourceID)
  case "sns": print(try await snsExample(client).eventSourceID)
  case "dynamodb": print(try await dynamoDBExample(client, streamARN: arguments.last ?? "").eventSourceID)
  case "kinesis": print(try await kinesisExample(client).eventSourceID)
  case "lifecycle": try await lifecycle(client)
  default: print("usage: HeadraceClientExamples sqs|s3|sns|dynamodb STREAM-ARN|kinesis|lifecycle")
  }
}
