import AWSClient
import JSON
import Testing

@testable import Templates

@Suite struct BucketProviderTests {
  static let type = "AWS::S3::Bucket"

  @Test(arguments: [
    ("us-east-1", ""),
    (
      "eu-west-1",
      "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
    ),
  ]) func bucketIsMadeInItsRegion(region: String, body: String) async throws {
    let calls = try await SourceEndpoint.calls(to: Self.type, region: region, [.answer("")]) {
      let made = try await $0.create(name: "photos", [:])
      #expect(made.physicalID == "photos")
      #expect(made.attributes["Ref"] == "photos")
      #expect(made.attributes["Arn"] == "arn:aws:s3:::photos")
      #expect(made.attributes["RegionalDomainName"] == .string("photos.s3.\(region).amazonaws.com"))
    }
    #expect(calls == ["PUT http://aws.test:4566/photos \(body)"])
  }

  @Test func bucketThatIsThereIsAdopted() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [.xmlError("BucketAlreadyOwnedByYou", status: 409)]) {
      let found = try await $0.create(name: "photos", [:])
      #expect(found.physicalID == "photos")
    }
  }

  @Test func bucketOfAnotherIsNot() async throws {
    _ = try await SourceEndpoint.calls(to: Self.type, [.xmlError("BucketAlreadyExists", status: 409)]) { provider in
      await #expect(
        throws: TemplateError("The bucket photos cannot be made: BucketAlreadyExists (status 409): no")
      ) { try await provider.create(name: "photos", [:]) }
    }
  }

  @Test func bucketIsLookedUp() async throws {
    let calls = try await SourceEndpoint.calls(
      to: Self.type, [.answer(""), .answer("", status: 404), .answer("", status: 403)]
    ) { provider in
      let found = try await provider.lookUp(name: "photos", [:])
      #expect(found?.physicalID == "photos")
      let again = try await provider.lookUp(name: "photos", [:])
      #expect(again == nil)
      await #expect(throws: TemplateError("The bucket photos cannot be looked up: Unknown (status 403)")) {
        try await provider.lookUp(name: "photos", [:])
      }
    }
    #expect(calls.first == "HEAD http://aws.test:4566/photos ")
  }

  @Test func onlyAnEmptyBucketIsDeleted() async throws {
    let bucket = RealizedResource(physicalID: "photos", attributes: [:])
    _ = try await SourceEndpoint.calls(
      to: Self.type,
      [.answer("", status: 204), .xmlError("NoSuchBucket"), .xmlError("BucketNotEmpty", status: 409)]
    ) { provider in
      try await provider.delete(bucket)
      try await provider.delete(bucket)
      await #expect(
        throws: TemplateError(
          "The bucket photos is not empty, and is not deleted with what is in it: empty it first")
      ) { try await provider.delete(bucket) }
    }
  }

  @Test func onlyItsNameMatters() async throws {
    #expect(
      try await SourceEndpoint.change(of: Self.type, from: #"{"Tags":[]}"#, to: #"{"LifecycleConfiguration":{}}"#)
        == .none)
    #expect(
      try await SourceEndpoint.change(of: Self.type, from: #"{"BucketName":"a"}"#, to: "{}") == .replacement)
  }
}
