import Foundation
import Testing

/// The documentation's examples are those that are compiled and run.
@Suite struct DocumentationTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: [
    ("Queues", "SQSExample"), ("Buckets", "S3Example"), ("Topics", "SNSExample"), ("Tables", "DynamoDBExample"),
    ("Streams", "KinesisExample"),
  ]) func anArticleShowsTheExampleThatIsRun(article: String, example: String) throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "Sources/HeadraceClient/HeadraceClient.docc/\(article).md"), encoding: .utf8
    )
    let code = try String(
      contentsOf: Self.root.appending(path: "Tests/HeadraceClientExamples/\(example).swift"), encoding: .utf8)
    #expect(text.contains("```swift\n\(code)```"))
  }
}
