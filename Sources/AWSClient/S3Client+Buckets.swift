/// Buckets as such.
extension S3Client {
  /// Makes a bucket in the client's region (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html).
  ///
  /// One that is there already is the error `BucketAlreadyOwnedByYou`, or `BucketAlreadyExists` where it is another's.
  public func createBucket(_ bucket: String) async throws(AWSError) {
    var call = call("PUT", path: "/\(PercentEncoding.text(bucket))")
    // Only there S3 wants no constraint, and takes none.
    if region != "us-east-1" {
      call.headers = [("content-type", "application/xml")]
      call.body = Array(
        ("<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>"
          + "\(XMLElement.escaped(region))</LocationConstraint></CreateBucketConfiguration>").utf8)
    }
    _ = try await send(call)
  }

  /// Whether there is a bucket of that name that the caller may read
  /// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html). One that he may not is an error of status 403,
  /// one of another region of status 301; neither has a code, since the answer has no body.
  public func hasBucket(_ bucket: String) async throws(AWSError) -> Bool {
    do throws(AWSError) {
      _ = try await send(call("HEAD", path: "/\(PercentEncoding.text(bucket))"))
      return true
    } catch .service(let error) where error.status == 404 {
      return false
    } catch {
      throw error
    }
  }

  /// Deletes an empty bucket; one that is not empty is the error `BucketNotEmpty`
  /// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html).
  public func deleteBucket(_ bucket: String) async throws(AWSError) {
    _ = try await send(call("DELETE", path: "/\(PercentEncoding.text(bucket))"))
  }
}
