/// Where a container gets credentials, and what it shows for them
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
struct ContainerCredentialsRequest: Sendable, Equatable {
  let url: String
  /// A file with the token, read for each request since it is renewed; it goes before `token`.
  let tokenFile: String?
  let token: String?

  /// The request that the variables describe; nil where they describe none.
  init?(_ variables: AWSVariables) throws(AWSError) {
    if let path = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      url = "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/\(path)")
    } else if let full = variables[Self.fullURI] {
      try Self.checkHost(full)
      url = full
    } else {
      return nil
    }
    tokenFile = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
  }

  private static let fullURI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

  /// A token is shown only to who can be no stranger: a host with a certificate, this machine, or the addresses of the
  /// agents of ECS and EKS.
  private static func checkHost(_ url: String) throws(AWSError) {
    // A query is allowed here, but no part of an endpoint.
    let withoutQuery = url.prefix { $0 != "?" }
    guard let endpoint = AWSEndpoint(parsing: String(withoutQuery)) else {
      throw .configuration("\(fullURI) is no http or https URL: '\(url)'")
    }
    guard endpoint.scheme == .https || isTrusted(endpoint.host) else {
      throw .configuration(
        "\(fullURI) is http and neither loopback nor an address of ECS or EKS: '\(url)'")
    }
  }

  private static func isTrusted(_ host: String) -> Bool {
    switch host.lowercased() {
    case "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23": return true
    default:
      let octets = host.split(separator: ".", omittingEmptySubsequences: false)
      return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
  }

  /// The headers of the request: the token as it is now.
  func headers() throws(AWSError) -> [(String, String)] {
    var token = token
    if let tokenFile {
      guard let bytes = try FileBytes.read(tokenFile) else {
        throw .configuration("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that does not exist: \(tokenFile)")
      }
      token = String(decoding: bytes, as: UTF8.self)
    }
    guard let token else { return [] }
    guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw .configuration("the container's authorization token has a line break in it")
    }
    return [("authorization", token)]
  }
}
