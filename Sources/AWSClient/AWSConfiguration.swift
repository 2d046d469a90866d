/// Where AWS is and who calls it, read once from the variables of the environment and from the shared files.
public struct AWSConfiguration: Sendable {
  /// The region where nothing else names one: `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's `region`.
  public let region: String?
  /// How long a connection may take to be made, its TLS handshake included.
  public var connectTimeout: Duration = .seconds(3)

  let credentialSource: CredentialSource
  private let overrides: [AWSService: AWSEndpoint]
  private let servicesWithOwnVariable: Set<AWSService>

  /// Reads the variables (`AWS_…` and `HOME`), and the shared files that they name.
  ///
  /// Overridden endpoints come, in this order, from `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` and the profile's
  /// `endpoint_url`, as in the SDKs (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html); the
  /// `services` sections of the config file are not read. Throws `configuration`, naming the variable or the file, where
  /// one is no valid URL or cannot be read.
  public init(variables: [String: String]) throws(AWSError) {
    let variables = AWSVariables(values: variables)
    let files = try SharedFiles(variables)
    region = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"] ?? files.config?["region"]
    credentialSource = try CredentialSource(variables: variables, files: files)
    var overrides: [AWSService: AWSEndpoint] = [:]
    var own: Set<AWSService> = []
    let ignores =
      variables.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
      || files.config?["ignore_configured_endpoint_urls"]?.lowercased() == "true"
    if !ignores {
      let profile = try Self.endpoint(files.config?["endpoint_url"], "endpoint_url of the profile \(files.profile)")
      let common = try Self.endpoint(variables["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL") ?? profile
      for service in AWSService.allCases {
        let specific = try Self.endpoint(variables[service.endpointVariable], service.endpointVariable)
        if specific != nil { own.insert(service) }
        overrides[service] = specific ?? common
      }
    }
    self.overrides = overrides
    servicesWithOwnVariable = own
  }

  private static func endpoint(_ text: String?, _ name: String) throws(AWSError) -> AWSEndpoint? {
    guard let text else { return nil }
    guard let endpoint = AWSEndpoint(parsing: text) else {
      throw .configuration("\(name) is no URL of an endpoint, such as http://127.0.0.1:4566: '\(text)'")
    }
    return endpoint
  }

  /// Where a service is called: its override, or the regional endpoint of the region's partition.
  public func endpoint(for service: AWSService, region: String) -> AWSEndpoint {
    if let override = overrides[service] { return override }
    return AWSEndpoint(
      scheme: .https, host: "\(service.endpointPrefix).\(region).\(Self.dnsSuffix(ofRegion: region))")
  }

  /// Whether a service is called at AWS itself, be it at an endpoint of its own (VPC, FIPS).
  public func isAWS(_ service: AWSService) -> Bool {
    guard let host = overrides[service]?.host.lowercased() else { return true }
    return (Self.dnsSuffixes.map(\.suffix) + ["amazonaws.com", "api.aws"]).contains { host.hasSuffix(".\($0)") }
  }

  /// Whether the endpoint of a service is overridden.
  public func hasOverride(for service: AWSService) -> Bool { overrides[service] != nil }

  /// Whether `AWS_ENDPOINT_URL_LAMBDA` itself overrides the endpoint of Lambda.
  public var hasSpecificLambdaOverride: Bool { servicesWithOwnVariable.contains(.lambda) }

  /// Whether some source of credentials is configured at all, whether or not it has any to give.
  public func hasCredentialSource() -> Bool { credentialSource != .none }

  /// The partitions other than `aws` and `aws-us-gov` by the start of their regions' names
  /// (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
  static func dnsSuffix(ofRegion region: String) -> String {
    dnsSuffixes.first { region.hasPrefix($0.regionPrefix) }?.suffix ?? "amazonaws.com"
  }

  private static let dnsSuffixes: [(regionPrefix: String, suffix: String)] = [
    ("cn-", "amazonaws.com.cn"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isof-", "csp.hci.ic.gov"),
    ("eusc-", "amazonaws.eu"),
  ]
}
