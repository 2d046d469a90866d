import AWSClient
import ArgumentParser
import EventSources
import Functions
import Glibc
import HTTPServer
import Logging
import Mappings
import SQLite

/// What `headrace serve` was told: one value, parsed once.
struct Configuration {
  var host: String
  var addresses: [ListeningAddress]
  var database: DatabaseLocation
  var scope: Scope
  var transitionDelay: Duration
  var aws: AWSConfiguration
  /// Where functions run, as far as it was said at start.
  var functions: [FunctionEntry]
  /// Where every other function runs.
  var defaultTarget: FunctionTarget
  var functionTimeout: Duration
  var streamPollInterval: Duration
  var push: PushSettings
  var asynchronous: (policy: AsynchronousPolicy, concurrency: Int)
  /// Whether what Lambda itself has not is refused.
  var isStrict: Bool
  var journalDeliveries: Int
  var journalPayloadBytes: Int
  var logLevel: Logger.Level
  var logFormat: LogFormat
  var eventLoops: Int
  var limits: HTTPLimits

  /// Flags over environment over defaults.
  ///
  /// - Throws: a `ValidationError` that names the flag or variable, and the rule.
  init(_ options: ServeOptions, _ environment: Environment) throws {
    host = try environment.setting(options.host, "host", default: "127.0.0.1")
    let port = try environment.setting(options.port, "port", in: 0...65_535, default: 9400)
    addresses = [.tcp(host: host, port: port)]
    if let path = options.unixSocket ?? environment["HEADRACE_UNIX_SOCKET"] { addresses.append(.unix(path: path)) }
    database = DatabaseLocation(try options.database.path(environment))

    let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1"
    scope = Scope(
      account: try environment.setting(options.account, "account", default: "000000000000"),
      region: try environment.setting(options.region, "region", default: region))
    guard scope.account.utf8.count == 12, scope.account.allSatisfy(\.isNumber) else {
      throw ValidationError("--account: '\(scope.account)' is not twelve digits")
    }
    transitionDelay = try environment.setting(options.transitionDelay, "transition-delay", default: .zero)

    do throws(AWSError) {
      aws = try AWSConfiguration(variables: environment.variables)
    } catch {
      throw ValidationError("\(error)")
    }
    functions = try options.functions.entries(environment)
    // Whoever names a Lambda endpoint of its own has the functions there.
    defaultTarget = aws.hasSpecificLambdaOverride ? .lambda : .runtime(port: nil)
    functionTimeout = try environment.setting(
      options.functions.functionTimeout, "function-timeout", in: .milliseconds(1)...(.seconds(86_400)),
      default: .seconds(30))
    streamPollInterval = try environment.setting(
      options.streamPollInterval, "stream-poll-interval", in: .milliseconds(1)...(.seconds(60)),
      default: .milliseconds(250))
    push = try options.push.settings(environment)
    asynchronous = try options.asynchronous.settings(environment)
    let strictness = try environment.setting(nil, "strict-aws", default: YesOrNo(value: false))
    isStrict = options.strictAWS || strictness.value
    journalDeliveries = try environment.setting(
      options.journalDeliveries, "journal-deliveries", in: 0...1_000_000, default: 1000)
    journalPayloadBytes = try environment.setting(
      options.journalPayloadBytes, "journal-payload-bytes", in: 0...(8 * 1024 * 1024), default: 16 * 1024)

    logLevel = try environment.setting(options.logLevel, "log-level", default: LogLevel.info).level
    logFormat = try environment.setting(options.logFormat, "log-format", default: LogFormat.text)

    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    eventLoops = try environment.setting(options.eventLoops, "event-loops", in: 1...1024, default: cores)
    let sizes = 256...1_073_741_824
    limits = HTTPLimits()
    // CreateFunction with a package in it is passed on; this is Lambda's own limit for it.
    if hasLambdaEndpoint { limits.maximumBodyBytes = 70_167_211 }
    limits.maximumTargetBytes = try environment.setting(
      options.maximumTargetBytes, "maximum-target-bytes", in: sizes, default: limits.maximumTargetBytes)
    limits.maximumHeaderBytes = try environment.setting(
      options.maximumHeaderBytes, "maximum-header-bytes", in: sizes, default: limits.maximumHeaderBytes)
    limits.maximumBodyBytes = try environment.setting(
      options.maximumBodyBytes, "maximum-body-bytes", in: sizes, default: limits.maximumBodyBytes)
    limits.maximumConnections = try environment.setting(
      options.maximumConnections, "maximum-connections", in: 1...1_000_000, default: limits.maximumConnections)
    limits.headerTimeout = try environment.setting(
      options.headerTimeout, "header-timeout", default: limits.headerTimeout)
    limits.bodyTimeout = try environment.setting(options.bodyTimeout, "body-timeout", default: limits.bodyTimeout)
    limits.idleTimeout = try environment.setting(options.idleTimeout, "idle-timeout", default: limits.idleTimeout)
    limits.shutdownTimeout = try environment.setting(
      options.shutdownTimeout, "shutdown-timeout", default: limits.shutdownTimeout)
  }

  /// Whether there is a Lambda endpoint to pass requests on to: one that was named, or AWS's own where functions are
  /// said to run there.
  var hasLambdaEndpoint: Bool {
    aws.hasOverride(for: .lambda) || functions.contains { $0.target == .lambda }
  }
}

/// A flag as a variable.
struct YesOrNo: SettingValue, Comparable {
  var value: Bool

  static var expectation: String { "true or false" }

  init(value: Bool) {
    self.value = value
  }

  init?(setting text: String) {
    guard let value = Bool(text.lowercased()) else { return nil }
    self.value = value
  }

  static func < (left: YesOrNo, right: YesOrNo) -> Bool { !left.value && right.value }
}

/// A log level, comparable only because settings are.
struct LogLevel: SettingValue, Comparable {
  var level: Logger.Level

  static let info = LogLevel(level: .info)
  static var expectation: String { "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))" }

  init(level: Logger.Level) {
    self.level = level
  }

  init?(setting text: String) {
    guard let level = Logger.Level(rawValue: text.lowercased()) else { return nil }
    self.level = level
  }

  static func < (left: LogLevel, right: LogLevel) -> Bool { left.level < right.level }
}
