import Synchronization
import Testing

@testable import AWSClient

@Suite struct AWSCredentialsTests {
  @Test func environmentGoesFirst() async throws {
    try await TemporaryFolder.with([".aws/credentials": "[default]\naws_access_key_id=F\naws_secret_access_key=S\n"]) {
      let variables = [
        "HOME": $0, "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
      ]
      let credentials = try await Self.resolve(variables)
      #expect(credentials == AWSCredentials(accessKeyID: "E", secretAccessKey: "secret", sessionToken: "token"))
    }
  }

  @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) func halfAKeyIsAnError(variable: String) {
    #expect(throws: AWSError.self) { try AWSConfiguration(variables: [variable: "x"]) }
  }

  @Test func noneIsNil() async throws {
    #expect(try await Self.resolve([:]) == nil)
    #expect(try await Self.resolve(["HOME": "/nonexistent"]) == nil)
    #expect(try !AWSConfiguration(variables: [:]).hasCredentialSource())
  }

  @Test(arguments: [
    ("default", "D", "ds/+="), ("spaced", "SPACED", "with spaces"), ("last wins", "TWO", "b"), ("inline", "I", "i#j"),
    ("indented", "IN", "x"),
  ]) func credentialsFileIsReadByProfile(profile: String, id: String, secret: String) async throws {
    let text = """
      \u{FEFF}# a comment
      ; another
      [default]\r
      aws_access_key_id = D\r
      aws_secret_access_key=ds/+=\r

      [ spaced ]  # after the section
        AWS_ACCESS_KEY_ID\t =\tSPACED\t
        aws_secret_access_key =   with spaces
      [last wins]
      aws_access_key_id = ONE
      aws_secret_access_key = a
      [last wins]
      aws_access_key_id = TWO
      aws_secret_access_key = b
      [inline]
      aws_access_key_id = I # a comment
      aws_secret_access_key = i#j ; another
      [indented]
      aws_access_key_id = IN
      s3 =
        aws_access_key_id = NESTED
      aws_secret_access_key = x
      """
    try await TemporaryFolder.with(["keys": text]) {
      let credentials = try await Self.resolve(["AWS_SHARED_CREDENTIALS_FILE": "\($0)/keys", "AWS_PROFILE": profile])
      #expect(credentials?.accessKeyID == id)
      #expect(credentials?.secretAccessKey == secret)
      #expect(credentials?.sessionToken == nil)
    }
  }

  @Test func configFileNamesItsProfilesWithAWord() async throws {
    let text = """
      [other]
      aws_access_key_id = WRONG
      aws_secret_access_key = x
      [profile other]
      aws_access_key_id = RIGHT
      aws_secret_access_key = x
      aws_session_token = t
      [services other]
      aws_access_key_id = WRONG
      """
    try await TemporaryFolder.with([".aws/config": text]) {
      let credentials = try await Self.resolve(["HOME": $0, "AWS_PROFILE": "other"])
      #expect(credentials == AWSCredentials(accessKeyID: "RIGHT", secretAccessKey: "x", sessionToken: "t"))
    }
  }

  @Test func credentialsFileGoesBeforeTheConfigFile() async throws {
    try await TemporaryFolder.with([
      ".aws/credentials": "[default]\naws_access_key_id=A\naws_secret_access_key=a",
      ".aws/config": "[default]\naws_access_key_id=B\naws_secret_access_key=b",
    ]) {
      let first = try await Self.resolve(["HOME": $0])
      #expect(first?.accessKeyID == "A")
      let second = try await Self.resolve(["HOME": $0, "AWS_SHARED_CREDENTIALS_FILE": "~/none"])
      #expect(second?.accessKeyID == "B")
    }
  }

  @Test(arguments: [
    ("[default\n", "line 1"), ("[default]\nnonsense\n", "line 2"), ("[default]\n\n= x\n", "line 3"),
    ("[default]\naws_access_key_id = A\n", "only one"),
  ]) func brokenFileIsAnErrorThatNamesThePlace(text: String, place: String) throws {
    try TemporaryFolder.with(["keys": text]) { folder in
      let error = #expect(throws: AWSError.self) {
        try AWSConfiguration(variables: ["AWS_SHARED_CREDENTIALS_FILE": "\(folder)/keys"])
      }
      #expect(error?.description.contains("\(folder)/keys") == true)
      #expect(error?.description.contains(place) == true)
    }
  }

  @Test func unknownProfileIsAnError() {
    let error = #expect(throws: AWSError.self) { try AWSConfiguration(variables: ["AWS_PROFILE": "nobody"]) }
    #expect(error?.description.contains("nobody") == true)
  }

  @Test func profileThatSignsInIsRefusedWhenItIsUsed() async throws {
    try await TemporaryFolder.with([".aws/config": "[default]\nsso_session = x\n"]) { folder in
      let configuration = try AWSConfiguration(variables: ["HOME": folder])
      #expect(configuration.hasCredentialSource())
      let error = await #expect(throws: AWSError.self) { try await Self.resolve(["HOME": folder]) }
      #expect(error?.description.contains("sso_session") == true)
    }
  }

  @Test func printedCredentialsKeepTheirSecret() {
    let credentials = AWSCredentials(accessKeyID: "ID", secretAccessKey: "SECRET", sessionToken: "TOKEN")
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped] {
      #expect(text.contains("ID"))
      #expect(!text.contains("SECRET"))
      #expect(!text.contains("TOKEN"))
    }
  }

  // MARK: Containers

  @Test(arguments: [
    (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"], "http://169.254.170.2/v2/x"),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.9.9.9:81/x?y=1"], "http://127.9.9.9:81/x?y=1"),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"], "http://localhost/x"),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1"], "http://169.254.170.23/v1"),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://[fd00:ec2::23]/v1"], "http://[fd00:ec2::23]/v1"),
    (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://anywhere.example/x"], "https://anywhere.example/x"),
  ]) func containerIsAskedAtItsURL(variables: [String: String], url: String) async throws {
    let agent = Agent()
    #expect(try await agent.provider(variables).credentials()?.accessKeyID == "LENT1")
    #expect(agent.requests.map(\.url) == [url])
  }

  @Test(arguments: [
    "http://example.com/x", "http://127.0.0.1.example.com/x", "http://169.254.169.254/latest", "ftp://localhost/", "x",
    "http://localhost@example.com/",
  ]) func tokenIsShownToNoStranger(url: String) {
    #expect(throws: AWSError.self) {
      try AWSConfiguration(variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
    }
  }

  @Test func tokenOfAFileGoesFirstAndIsReadEachTime() async throws {
    try await TemporaryFolder.with(["token": "from-file"]) { folder in
      let agent = Agent()
      let provider = try agent.provider([
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-variable",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(folder)/token",
      ])
      _ = try await provider.credentials()
      #expect(agent.requests.first?.authorization == "from-file")
    }
    let agent = Agent()
    let variables = [
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "from-variable",
    ]
    _ = try await agent.provider(variables).credentials()
    #expect(agent.requests.first?.authorization == "from-variable")
  }

  @Test func containerCredentialsAreKeptUntilFiveMinutesBeforeTheirEnd() async throws {
    let agent = Agent()
    let provider = try agent.provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    #expect(try await provider.credentials()?.accessKeyID == "LENT1")
    agent.set(time: Agent.expiration - 301)
    #expect(try await provider.credentials()?.accessKeyID == "LENT1")
    agent.set(time: Agent.expiration - 300)
    #expect(try await provider.credentials()?.accessKeyID == "LENT2")
    #expect(agent.requests.count == 2)
  }

  @Test func failedRenewalLeavesTheOldOnesUntilTheirEnd() async throws {
    let agent = Agent()
    let provider = try agent.provider(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"])
    _ = try await provider.credentials()
    agent.fail()
    agent.set(time: Agent.expiration - 1)
    #expect(try await provider.credentials()?.accessKeyID == "LENT1")
    agent.set(time: Agent.expiration)
    await #expect(throws: AWSError.self) { try await provider.credentials() }
  }

  private static func resolve(_ variables: [String: String]) async throws -> AWSCredentials? {
    try await Agent().provider(variables).credentials()
  }
}

/// A container's agent that lends other credentials each time, all to one time.
private final class Agent: Sendable {
  /// 2030-01-01T00:00:00Z
  static let expiration = 1_893_456_000

  private struct State {
    var time = Agent.expiration - 3600
    var fails = false
    var requests: [(url: String, authorization: String?)] = []
  }

  private let state = Mutex(State())

  var requests: [(url: String, authorization: String?)] { state.withLock(\.requests) }
  func set(time: Int) { state.withLock { $0.time = time } }
  func fail() { state.withLock { $0.fails = true } }

  func provider(_ variables: [String: String]) throws -> AWSCredentialsProvider {
    AWSCredentialsProvider(
      try AWSConfiguration(variables: variables).credentialSource, now: { self.state.withLock(\.time) },
      fetch: { (url, headers) async throws(AWSError) in self.answer(url, headers) })
  }

  private func answer(_ url: String, _ headers: [(String, String)]) -> AWSAnswer {
    state.withLock { state in
      state.requests.append((url, headers.first { $0.0 == "authorization" }?.1))
      if state.fails { return AWSAnswer(status: 500) }
      let id = "LENT\(state.requests.count)"
      let text = """
        {"AccessKeyId":"\(id)","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}
        """
      return AWSAnswer(status: 200, body: Array(text.utf8))
    }
  }
}
