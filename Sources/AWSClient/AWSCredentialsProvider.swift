import JSON

/// Finds credentials as the SDKs do: environment, shared credentials file, config file, container.
///
/// The metadata service of EC2 instances is not asked, since it cannot be told from a network that swallows packets, and
/// every start elsewhere would wait for it. Profiles that assume a role, sign in or run a program are not supported.
public actor AWSCredentialsProvider {
  /// Fetches the answer of a container's agent: a GET of a URL with those headers.
  typealias Fetch = @Sendable (_ url: String, _ headers: [(String, String)]) async throws(AWSError) -> AWSAnswer

  private struct Lent {
    let credentials: AWSCredentials
    /// Nil where they last for good.
    let expiration: UnixSeconds?
  }

  /// New ones are fetched that long before the old ones end.
  private static let refreshMarginSeconds = 300

  private let source: CredentialSource
  private let now: @Sendable () -> UnixSeconds
  private let fetch: Fetch
  private var lent: Lent?
  private var fetching: Task<Result<Lent, AWSError>, Never>?

  init(_ source: CredentialSource, now: @escaping @Sendable () -> UnixSeconds, fetch: @escaping Fetch) {
    self.source = source
    self.now = now
    self.fetch = fetch
  }

  /// The credentials to sign with now; nil where no source of them is configured.
  ///
  /// Those of a container are kept until five minutes before their expiration. Throws `configuration` where the profile
  /// gets its credentials in a way that is not supported, and the error of the call where the container's agent has none
  /// to give.
  public nonisolated func credentials() async throws(AWSError) -> AWSCredentials? {
    switch source {
    case .none: nil
    case .fixed(let credentials): credentials
    case .container(let request): try await lent(request)
    case .unsupported(let text): throw .configuration(text)
    }
  }

  private func lent(_ request: ContainerCredentialsRequest) async throws(AWSError) -> AWSCredentials {
    if let lent, isUsable(lent, margin: Self.refreshMarginSeconds) { return lent.credentials }
    // All who wait share one fetch, which the cancellation of one of them does not end.
    let task = fetching ?? Task { await self.refresh(request) }
    fetching = task
    switch await task.value {
    case .success(let lent): return lent.credentials
    case .failure(let error):
      guard let lent, isUsable(lent, margin: 0) else { throw error }
      return lent.credentials
    }
  }

  private func refresh(_ request: ContainerCredentialsRequest) async -> Result<Lent, AWSError> {
    let result: Result<Lent, AWSError>
    do throws(AWSError) {
      let answer = try await fetch(request.url, try request.headers())
      let fresh = try Self.decode(answer, url: request.url)
      lent = fresh
      result = .success(fresh)
    } catch {
      result = .failure(error)
    }
    fetching = nil
    return result
  }

  private func isUsable(_ lent: Lent, margin: Int) -> Bool {
    guard let expiration = lent.expiration else { return true }
    return now() < expiration - margin
  }

  private static func decode(_ answer: AWSAnswer, url: String) throws(AWSError) -> Lent {
    guard answer.status == 200 else { throw .service(AWSServiceError(answer)) }
    guard let document = try? JSONValue(parsing: answer.body),
      case .string(let accessKeyID) = document["AccessKeyId"],
      case .string(let secretAccessKey) = document["SecretAccessKey"]
    else { throw .invalidAnswer(endpoint: url, reason: "no AccessKeyId and SecretAccessKey") }
    var token: String?
    if case .string(let text) = document["Token"] { token = text }
    var expiration: UnixSeconds?
    if case .string(let text) = document["Expiration"] {
      guard let time = UnixTime.parse(text) else {
        throw .invalidAnswer(endpoint: url, reason: "Expiration is no time: '\(text)'")
      }
      expiration = time
    }
    return Lent(
      credentials: AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: token),
      expiration: expiration)
  }
}
