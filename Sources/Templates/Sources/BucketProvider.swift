import AWSClient
import JSON

/// `AWS::S3::Bucket` (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html).
/// Of its properties only the name is looked at: whom it tells of its events is a mapping's matter.
struct BucketProvider: SourceProvider {
  private let endpoint: SourceEndpoint
  private let client: S3Client

  init(_ endpoint: SourceEndpoint) {
    self.endpoint = endpoint
    client = S3Client(endpoint.client, region: endpoint.region, account: endpoint.account)
  }

  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource? {
    let isThere = try await endpoint.attempt("The bucket \(name) cannot be looked up") { () async throws(AWSError) in
      try await client.hasBucket(name)
    }
    return isThere ? resource(name: name) : nil
  }

  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource {
    // In us-east-1 S3 would say nothing of a bucket that is there; elsewhere, and in emulators, it does.
    _ = try await endpoint.attempt("The bucket \(name) cannot be made", absent: ["BucketAlreadyOwnedByYou"]) {
      () async throws(AWSError) in
      try await client.createBucket(name)
    }
    return resource(name: name)
  }

  func change(from old: JSONValue, to new: JSONValue) -> SourceChange {
    ResourceProperties(old).agrees(with: ResourceProperties(new), on: "BucketName") ? .none : .replacement
  }

  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource {
    resource
  }

  func delete(_ resource: RealizedResource) async throws(TemplateError) {
    let name = resource.physicalID
    do throws(AWSError) {
      try await client.deleteBucket(name)
    } catch {
      if error.hasCode(of: ["NoSuchBucket"]) { return }
      if error.hasCode(of: ["BucketNotEmpty"]) {
        throw TemplateError("The bucket \(name) is not empty, and is not deleted with what is in it: empty it first")
      }
      throw TemplateError("The bucket \(name) cannot be deleted: \(error)")
    }
  }

  private func resource(name: String) -> RealizedResource {
    RealizedResource(physicalID: name, attributes: endpoint.attributes(of: "AWS::S3::Bucket", name: name))
  }
}
