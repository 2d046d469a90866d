/// A call of an API of AWS: the request before it is signed, and how long and how often it is tried.
public struct AWSCall: Sendable {
  /// Whose API it is.
  public var service: AWSService
  /// The region of the endpoint and of the signature.
  public var region: String
  /// The 12-digit account that is taken for the access key id where there is an overridden endpoint and no credentials:
  /// emulators know their accounts by it.
  public var account: String?
  /// The method, in capitals.
  public var method: String
  /// The path, percent-encoded, appended to the endpoint's own.
  public var path: String
  /// The query, percent-encoded, without its question mark.
  public var query: String
  /// The headers; `Host`, `Content-Length` and those of the signature are added.
  public var headers: [(String, String)]
  /// The body.
  public var body: [UInt8]
  /// The time limit of the whole call, all attempts and pauses included. For a streamed call it ends with the answer's
  /// head.
  public var timeout: Duration
  /// How often it is tried at most; 1 for never again.
  public var attempts: Int
  /// A longer answer is refused.
  public var maximumAnswerBytes: Int
  /// Whether an answer of status 400 and more is an answer, and then the only attempt, rather than an error.
  public var acceptsErrors: Bool
  /// Which pool of connections is used. A pool looks for a free connection one by one, so that those who hold many open
  /// spread them over several.
  public var shard: Int

  /// A call; the defaults are a POST to `/` of at most 30 seconds and three attempts.
  public init(
    service: AWSService, region: String, account: String? = nil, method: String = "POST", path: String = "/",
    query: String = "", headers: [(String, String)] = [], body: [UInt8] = [], timeout: Duration = .seconds(30),
    attempts: Int = 3, maximumAnswerBytes: Int = 64 << 20, acceptsErrors: Bool = false, shard: Int = 0
  ) {
    self.service = service
    self.region = region
    self.account = account
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.attempts = attempts
    self.maximumAnswerBytes = maximumAnswerBytes
    self.acceptsErrors = acceptsErrors
    self.shard = shard
  }
}
