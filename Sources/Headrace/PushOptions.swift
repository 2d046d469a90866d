import ArgumentParser
import EventSources
import Functions
import Mappings

/// How topics and buckets send their events.
struct PushOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Where the servers of topics reach Headrace; AWS needs one that the Internet knows. [HEADRACE_PUBLIC_URL] \
      (default: where it listens)
      """, valueName: "url"))
  var publicURL: String?
  @Option(
    name: .customLong("sns-via"),
    help: ArgumentHelp(
      """
      How topics send: http posts to the public URL, sqs goes by a queue of Headrace's own, for servers that cannot \
      call back. [HEADRACE_SNS_VIA] (default: http)
      """, valueName: "http|sqs"))
  var snsVia: String?
  @Option(
    name: .customLong("s3-via"),
    help: ArgumentHelp(
      """
      How buckets send: sqs adds a notification to the bucket that goes by a queue of Headrace's own; webhook leaves \
      the bucket alone and waits for posts to /_headrace/events/s3. [HEADRACE_S3_VIA] (default: sqs)
      """, valueName: "sqs|webhook"))
  var s3Via: String?

  /// What the flags and variables say.
  func settings(_ environment: Environment) throws -> PushSettings {
    var settings = PushSettings()
    if let url = publicURL ?? environment["HEADRACE_PUBLIC_URL"] {
      // A query or a fragment would swallow the path behind it.
      guard HTTPAddress(url: url) != nil, url.hasPrefix("http://") || url.hasPrefix("https://"),
        !url.contains(where: { $0 == "?" || $0 == "#" })
      else {
        throw ValidationError("--public-url: '\(url)' is not a URL such as http://headrace:9400")
      }
      settings.publicURL = String(url.reversed().drop { $0 == "/" }.reversed())
      settings.isPublic = true
    }
    settings.snsRoute = try environment.setting(snsVia, "sns-via", default: Choice(settings.snsRoute)).value
    settings.s3Route = try environment.setting(s3Via, "s3-via", default: Choice(settings.s3Route)).value
    return settings
  }
}

/// One of a few words.
private struct Choice<Value>: SettingValue, Comparable
where Value: RawRepresentable<String> & CaseIterable & Sendable {
  var value: Value

  static var expectation: String { Value.allCases.map(\.rawValue).joined(separator: " or ") }

  init(_ value: Value) {
    self.value = value
  }

  init?(setting text: String) {
    guard let value = Value(rawValue: text.lowercased()) else { return nil }
    self.value = value
  }

  // Comparable only because settings are.
  static func < (left: Self, right: Self) -> Bool { left.value.rawValue < right.value.rawValue }
  static func == (left: Self, right: Self) -> Bool { left.value.rawValue == right.value.rawValue }
}
