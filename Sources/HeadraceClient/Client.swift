import AWSClient
import FoundationEssentials
import LambdaWire

/// Lambda's API of event source mappings, on Headrace or on AWS.
///
/// One client serves a whole program. It has to be shut down before it is dropped; ``with(endpoint:region:credentials:_:)``
/// does both.
public struct Client: Sendable {
  /// Who calls. An emulator takes anything, and a twelve-digit access key id for the account.
  public struct Credentials: Sendable {
    public var accessKeyID: String
    public var secretAccessKey: String
    public var sessionToken: String?

    /// Some credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
      self.accessKeyID = accessKeyID
      self.secretAccessKey = secretAccessKey
      self.sessionToken = sessionToken
    }
  }

  /// The region where neither a caller nor the environment names one; only an emulator can be meant then.
  private static let regionOfEmulators = "us-east-1"

  static let accountOfEmulators = "000000000000"

  let client: AWSClient
  /// The region of the requests, and of sources that are named without an ARN.
  public let region: String
  /// The account of sources that are named without an ARN: the access key id where that has twelve digits, else that of
  /// an emulator.
  public let account: String
  /// Whether requests go to AWS itself, which has no mappings of buckets and topics.
  let isAWS: Bool
  /// How long the service may take to answer one request.
  public var timeout: Duration = .seconds(30)

  /// A client. What is left out comes from the environment, as with the AWS SDKs: `AWS_ENDPOINT_URL_LAMBDA`,
  /// `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, …
  ///
  /// - Parameters:
  ///   - endpoint: such as `http://127.0.0.1:9400`; AWS where nothing names one.
  ///   - account: twelve digits, for sources that are named without an ARN.
  public init(
    endpoint: String? = nil, region: String? = nil, account: String? = nil, credentials: Credentials? = nil
  ) throws(HeadraceClientError) {
    var variables = ProcessInfo.processInfo.environment
    if let endpoint {
      variables["AWS_ENDPOINT_URL_LAMBDA"] = endpoint
      // What the caller names is meant, whatever the environment says of its own endpoints.
      variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = nil
    }
    if let region { variables["AWS_REGION"] = region }
    if let credentials {
      variables["AWS_ACCESS_KEY_ID"] = credentials.accessKeyID
      variables["AWS_SECRET_ACCESS_KEY"] = credentials.secretAccessKey
      variables["AWS_SESSION_TOKEN"] = credentials.sessionToken
    }
    let configuration: AWSConfiguration
    do throws(AWSError) {
      configuration = try AWSConfiguration(variables: variables)
    } catch {
      throw HeadraceClientError(error)
    }
    isAWS = configuration.isAWS(.lambda)
    guard configuration.region != nil || !isAWS else {
      throw .configuration("AWS needs a region: give Client its region, or set AWS_REGION")
    }
    self.region = configuration.region ?? Self.regionOfEmulators
    let key = variables["AWS_ACCESS_KEY_ID"] ?? ""
    let isAccount = key.utf8.count == 12 && key.utf8.allSatisfy { (0x30...0x39).contains($0) }
    self.account = account ?? (isAccount ? key : Self.accountOfEmulators)
    client = AWSClient(configuration)
  }

  /// Makes a client, works with it and shuts it down.
  public static func with<Result>(
    endpoint: String? = nil, region: String? = nil, account: String? = nil, credentials: Credentials? = nil,
    _ body: (Client) async throws -> Result
  ) async throws -> Result {
    let client = try Client(endpoint: endpoint, region: region, account: account, credentials: credentials)
    do {
      let result = try await body(client)
      await client.shutdown()
      return result
    } catch {
      await client.shutdown()
      throw error
    }
  }

  /// Ends the calls in flight, which throw `cancelled`, and closes the connections.
  public func shutdown() async {
    await client.shutdown()
  }

  /// A function, by its name, its ARN or any other form that Lambda takes. Nothing is sent.
  public func function(_ name: String) -> Function { Function(name, self) }

  /// An event source by its id. Nothing is sent.
  public func eventSource(_ id: String) -> EventSource { EventSource(eventSourceID: id, client: self) }

  /// All event source mappings, of one function or source or of all; a page is asked for as it is needed.
  public func eventSources(function: String? = nil, source: String? = nil) -> EventSources {
    EventSources(client: self, function: function, source: source)
  }

  // MARK: Calls

  static let path = "/2015-03-31/event-source-mappings/"

  /// Sends a request of the API of mappings and reads its answer.
  func send(
    _ method: String, _ id: String = "", query: String = "", body: [UInt8] = []
  ) async throws(HeadraceClientError) -> [UInt8] {
    do throws(AWSError) {
      return try await client.send(
        AWSCall(
          service: .lambda, region: region, account: account, method: method,
          path: Self.path + PercentEncoding.text(id),
          query: query, headers: body.isEmpty ? [] : [("content-type", "application/json")], body: body,
          timeout: timeout)
      ).body
    } catch {
      throw HeadraceClientError(error)
    }
  }

  /// Writes the body of a request.
  static func encode(_ request: some Encodable) throws(HeadraceClientError) -> [UInt8] {
    do throws(LambdaError) { return try WireCoding.encode(request) } catch {
      throw .invalidParameter(error.message)
    }
  }
}

extension HeadraceClientError {
  init(_ error: AWSError) {
    switch error {
    case .service(let answer):
      self = .service(
        ServiceError(
          code: answer.code, status: answer.status, message: answer.message, requestID: answer.requestID,
          isRetryable: answer.isRetryable))
    case .connection, .timeout: self = .connection("\(error)")
    case .invalidAnswer, .answerTooLarge: self = .unexpectedAnswer("\(error)")
    case .configuration(let text): self = .configuration(text)
    case .cancelled: self = .cancelled
    }
  }
}
