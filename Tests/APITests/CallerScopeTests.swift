import HTTPServer
import HTTPTypes
import Mappings
import Testing

@testable import API

@Suite struct CallerScopeTests {
  static let fallback = Scope(account: "000000000000", region: "us-east-1")

  static func header(_ credential: String) -> String {
    "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=host;x-amz-date, Signature=abc"
  }

  @Test(arguments: [
    (header("123456789012/20260101/eu-west-1/lambda/aws4_request"), "123456789012", "eu-west-1"),
    (header("AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/lambda/aws4_request"), "000000000000", "eu-west-1"),
    (header("test/20260101/local/lambda/aws4_request"), "000000000000", "local"),
    (header("12345678901/20260101/eu-west-1/lambda/aws4_request"), "000000000000", "eu-west-1"),
    (header("123456789012/20260101/EU WEST/lambda/aws4_request"), "123456789012", "us-east-1"),
    (header("123456789012"), "123456789012", "us-east-1"),
    (header(""), "000000000000", "us-east-1"),
    (
      "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/lambda/aws4_request,SignedHeaders=host,Signature=a",
      "123456789012", "eu-west-1"
    ),
    ("AWS4-HMAC-SHA256", "000000000000", "us-east-1"),
    ("Basic dGVzdDp0ZXN0", "000000000000", "us-east-1"),
    ("", "000000000000", "us-east-1"),
  ]) func credentialTellsTheScope(header: String, account: String, region: String) {
    let request = Request(method: .get, path: "/", fields: [.authorization: header])
    #expect(CallerScope(fallback: Self.fallback).scope(of: request) == Scope(account: account, region: region))
  }

  @Test func presignedQueryTellsTheScope() {
    let query = "X-Amz-Credential=123456789012%2F20260101%2Feu-west-1%2Flambda%2Faws4_request&X-Amz-Signature=a"
    let scope = CallerScope(fallback: Self.fallback).scope(of: Request(method: .get, path: "/", query: query))
    #expect(scope == Scope(account: "123456789012", region: "eu-west-1"))
  }

  @Test func unsignedRequestGetsTheDefaults() {
    #expect(CallerScope(fallback: Self.fallback).scope(of: Request(method: .get, path: "/")) == Self.fallback)
  }
}
