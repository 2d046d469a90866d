/// Where credentials come from, as the variables and the shared files say.
enum CredentialSource: Sendable, Equatable {
  case none
  case fixed(AWSCredentials)
  case container(ContainerCredentialsRequest)
  /// A profile that gets its credentials in a way that is not supported; the text says which.
  case unsupported(String)

  /// The first source that is configured, in the order of the SDKs: environment, shared credentials file, config file,
  /// container (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
  init(variables: AWSVariables, files: SharedFiles) throws(AWSError) {
    if let credentials = try Self.environment(variables) {
      self = .fixed(credentials)
    } else if let source = try Self.profile(files) {
      self = source
    } else if let request = try ContainerCredentialsRequest(variables) {
      self = .container(request)
    } else {
      self = .none
    }
  }

  private static func environment(_ variables: AWSVariables) throws(AWSError) -> AWSCredentials? {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    switch (variables[id], variables[secret]) {
    case (nil, nil): return nil
    case (let accessKeyID?, let secretAccessKey?):
      return AWSCredentials(
        accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: variables["AWS_SESSION_TOKEN"])
    case (nil, _): throw .configuration("\(secret) is set, but \(id) is not")
    case (_, nil): throw .configuration("\(id) is set, but \(secret) is not")
    }
  }

  private static func profile(_ files: SharedFiles) throws(AWSError) -> CredentialSource? {
    for (settings, path) in [(files.credentials, files.credentialsPath), (files.config, files.configPath)] {
      guard let settings else { continue }
      switch (settings["aws_access_key_id"], settings["aws_secret_access_key"]) {
      case (nil, nil): continue
      case (let id?, let secret?):
        return .fixed(
          AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: settings["aws_session_token"]))
      default:
        throw .configuration(
          "\(path ?? ""): the profile \(files.profile) has only one of aws_access_key_id and aws_secret_access_key")
      }
    }
    let settings = (files.credentials ?? [:]).merging(files.config ?? [:]) { first, _ in first }
    if let way = unsupportedSettings.first(where: { settings[$0] != nil }) {
      return .unsupported(
        "the profile \(files.profile) gets its credentials by \(way), which is not supported: set AWS_ACCESS_KEY_ID and "
          + "AWS_SECRET_ACCESS_KEY, for example from `aws configure export-credentials`")
    }
    guard files.profileIsNamed, files.credentials == nil, files.config == nil else { return nil }
    throw .configuration("AWS_PROFILE names the profile \(files.profile), which neither shared file has")
  }

  private static let unsupportedSettings = [
    "role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "login_session",
  ]
}

/// What the environment says about AWS. An empty variable is none, as in the SDKs.
struct AWSVariables {
  let values: [String: String]

  subscript(name: String) -> String? {
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether a variable that switches something is on.
  func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }
}

/// What the shared files say about the chosen profile.
struct SharedFiles {
  let profile: String
  /// Whether the profile is chosen by name, rather than the default.
  let profileIsNamed: Bool
  let credentialsPath: String?
  let configPath: String?
  /// The profile's settings; nil where the file does not have it.
  let credentials: [String: String]?
  let config: [String: String]?

  init(_ variables: AWSVariables) throws(AWSError) {
    let home = variables["HOME"]
    func path(_ variable: String, _ name: String) -> String? {
      guard let path = variables[variable] ?? home.map({ "\($0)/.aws/\(name)" }) else { return nil }
      guard let home, path.hasPrefix("~/") else { return path }
      return home + path.dropFirst()
    }
    profile = variables["AWS_PROFILE"] ?? "default"
    profileIsNamed = variables["AWS_PROFILE"] != nil
    credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    configPath = path("AWS_CONFIG_FILE", "config")
    credentials = try Self.settings(credentialsPath, .credentials, of: profile)
    config = try Self.settings(configPath, .config, of: profile)
  }

  private static func settings(
    _ path: String?, _ kind: ConfigurationFile.Kind, of profile: String
  ) throws(AWSError) -> [String: String]? {
    guard let path else { return nil }
    return try ConfigurationFile(path: path, kind: kind).profiles[profile]
  }
}
