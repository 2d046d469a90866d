import Testing

/// A request and the signature that it must get.
///
/// Those up to `post-sts-header-before` are AWS's own test suite for Signature Version 4; the others were signed with
/// botocore 1.43 and cover what the suite leaves out. Access key AKIDEXAMPLE, 2015-08-30T12:36:00Z.
struct SigningVector: Sendable, CustomTestStringConvertible {
  var name: String
  var method = "GET"
  var host = "example.amazonaws.com"
  var path = "/"
  var query = ""
  var headers: [(String, String)] = []
  var body = ""
  var token: String?
  var service = "service"
  var region = "us-east-1"
  var signedHeaders = "host;x-amz-date"
  var signature: String

  var testDescription: String { name }

  static let all: [SigningVector] = [
    SigningVector(
      name: "get-vanilla",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SigningVector(
      name: "get-vanilla-empty-query-key",
      query: "Param1=value1",
      signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
    SigningVector(
      name: "get-vanilla-query-order-key",
      query: "Param1=value2&Param1=Value1",
      signature: "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"),
    SigningVector(
      name: "get-vanilla-query-order-key-case",
      query: "Param2=value2&Param1=value1",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    SigningVector(
      name: "get-vanilla-query-order-value",
      query: "Param1=value2&Param1=value1",
      signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
    SigningVector(
      name: "get-vanilla-query-unreserved",
      query: "\(unreserved)=\(unreserved)",
      signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    SigningVector(
      name: "get-vanilla-utf8-query",
      query: "%E1%88%B4=bar",
      signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    SigningVector(
      name: "get-utf8",
      path: "/ሴ",
      signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    SigningVector(
      name: "get-unreserved",
      path: "/" + unreserved,
      signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    SigningVector(
      name: "get-space-normalized",
      path: "/example space/",
      signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    SigningVector(
      name: "get-relative-normalized",
      path: "/example/..",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SigningVector(
      name: "get-relative-relative-normalized",
      path: "/example1/example2/../..",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SigningVector(
      name: "get-slash-dot-slash-normalized",
      path: "/./",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SigningVector(
      name: "get-slash-pointless-dot-normalized",
      path: "/./example",
      signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
    SigningVector(
      name: "get-slash-normalized",
      path: "//",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    SigningVector(
      name: "get-slashes-normalized",
      path: "//example//",
      signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    SigningVector(
      name: "get-header-value-trim",
      headers: [("My-Header1", " value1"), ("My-Header2", #" "a   b   c""#)],
      signedHeaders: "host;my-header1;my-header2;x-amz-date",
      signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    SigningVector(
      name: "get-header-value-order",
      headers: [
        ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2"),
      ],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
    SigningVector(
      name: "get-header-key-duplicate",
      headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    SigningVector(
      name: "post-vanilla",
      method: "POST",
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    SigningVector(
      name: "post-vanilla-query",
      method: "POST",
      query: "Param1=value1",
      signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
    SigningVector(
      name: "post-header-key-case",
      method: "POST",
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    SigningVector(
      name: "post-header-key-sort",
      method: "POST",
      headers: [("My-Header1", "value1")],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    SigningVector(
      name: "post-header-value-case",
      method: "POST",
      headers: [("My-Header1", "VALUE1")],
      signedHeaders: "host;my-header1;x-amz-date",
      signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    SigningVector(
      name: "post-x-www-form-urlencoded",
      method: "POST",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: "Param1=value1",
      signedHeaders: "content-type;host;x-amz-date",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    SigningVector(
      name: "post-x-www-form-urlencoded-parameters",
      method: "POST",
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")],
      body: "Param1=value1",
      signedHeaders: "content-type;host;x-amz-date",
      signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
    SigningVector(
      name: "post-sts-header-before",
      method: "POST",
      token: sessionToken,
      signedHeaders: "host;x-amz-date;x-amz-security-token",
      signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
    SigningVector(
      name: "query-without-equals",
      query: "flag&b=1",
      signature: "ce1b2410afb7b07fdc31557888274f5d15df4e84852756754dd474002361ce85"),
    SigningVector(
      name: "query-value-with-equals",
      query: "a=b%3Dc&a-b=1",
      signature: "775abc3aac032654e37a21e422a91392e58f4fa661a20b2bbaeffcd83b3446c8"),
    SigningVector(
      name: "lambda-arn-path",
      method: "POST",
      host: "lambda.eu-central-1.amazonaws.com",
      path: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Aorders/invocations",
      query: "Qualifier=%24LATEST",
      headers: [("Content-Type", "application/json"), ("X-Amz-Invocation-Type", "RequestResponse")],
      body: #"{"Records":[]}"#,
      service: "lambda",
      region: "eu-central-1",
      signedHeaders: "content-type;host;x-amz-date;x-amz-invocation-type",
      signature: "94d8fbe1e29935d74ab92149e5ded396792d5db5fc1f44397bf2c8f56ec9e137"),
    SigningVector(
      name: "sqs-json",
      method: "POST",
      host: "localhost:4566",
      headers: [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.ReceiveMessage")],
      body: #"{"QueueUrl":"http://q/ü"}"#,
      token: "token+/=",
      service: "sqs",
      signedHeaders: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
      signature: "1cc513ca42ac91d3c2bf75fa6f10984d15a1f92de1fd4172f69c5b569b59c33d"),
    SigningVector(
      name: "dynamodb-streams",
      method: "POST",
      host: "streams.dynamodb.us-gov-west-1.amazonaws.com",
      headers: [
        ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "DynamoDBStreams_20120810.GetRecords"),
      ],
      body: "{}",
      service: "dynamodb",
      region: "us-gov-west-1",
      signedHeaders: "content-type;host;x-amz-date;x-amz-target",
      signature: "5500dc15d49b3e036da90e4a38cf81f03f40b2e38af3233db9fc37b78288cd4c"),
    SigningVector(
      name: "base-path",
      method: "POST",
      path: "/proxy/aws/",
      body: "x",
      service: "kinesis",
      signature: "7af2fd6fa5d81b730cef3d5fb10289fa39c960f08eba7a09f62737ead8cfe78d"),
    SigningVector(
      name: "unsigned-headers",
      headers: [("User-Agent", "x"), ("X-Amzn-Trace-Id", "Root=1"), ("Expect", "100-continue"), ("Accept", "*/*")],
      signedHeaders: "accept;host;x-amz-date",
      signature: "9482d1f3dc8319be9516b0626d90d6a51071f64f631db6e36b57f60c14f6c3c3"),
    SigningVector(
      name: "tilde-and-plus-path",
      path: "/a~b+c/d%2Be",
      signature: "a3ad4406aff744ce78f2f92710d45948f8103faee18a36ac914d04bc000599ef"),
    SigningVector(
      name: "s3-get",
      host: "s3.us-east-1.amazonaws.com",
      path: "/bucket/key%20with%20spaces//x",
      service: "s3",
      signedHeaders: "host;x-amz-content-sha256;x-amz-date",
      signature: "23fa72aee3b00730e00fdf38e08391857491fa6c65226fdabd7ec58ac392d6ef"),
    SigningVector(
      name: "s3-put",
      method: "PUT",
      host: "s3.us-east-1.amazonaws.com",
      path: "/bucket/a%2Bb",
      headers: [("Content-Type", "application/json")],
      body: #"{"a":1}"#,
      service: "s3",
      signedHeaders: "content-type;host;x-amz-content-sha256;x-amz-date",
      signature: "001d6406d958e5bbdc02a252b2e8bb6130b962beafceb20a5a6f1e6854510928"),
    SigningVector(
      name: "s3-query",
      host: "s3.us-east-1.amazonaws.com",
      path: "/bucket",
      query: "list-type=2&prefix=a%2Fb",
      token: "abc",
      service: "s3",
      signedHeaders: "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
      signature: "0125d7482c03d576f135f8f77dad82a02156c17387df564740fa1725e91ff1d6"),
    SigningVector(
      name: "empty-header",
      headers: [("My-Header", ""), ("A", "  b    c  ")],
      signedHeaders: "a;host;my-header;x-amz-date",
      signature: "f1ca5fa8c4ecf2d97adc63fc8c64370aa4ac5ce6d402e19b2ab010de1cb72f3d"),
  ]

  private static let unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

  private static let sessionToken =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRq"
    + "TflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75Y"
    + "U9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9K"
    + "SYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
}
