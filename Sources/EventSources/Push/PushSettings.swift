/// How sources that send their events are to send them.
public struct PushSettings: Sendable {
  /// How topics send.
  public enum SNSRoute: String, CaseIterable, Sendable {
    case http, sqs

    var route: PushRoute { self == .http ? .http : .sqs }
  }

  /// How buckets send.
  public enum S3Route: String, CaseIterable, Sendable {
    case sqs, webhook

    var route: PushRoute { self == .sqs ? .sqs : .webhook }
  }

  /// Where others reach Headrace; no slash at its end.
  public var publicURL: String
  /// Whether somebody has said so, rather than that it is where Headrace listens.
  public var isPublic: Bool
  public var snsRoute: SNSRoute
  public var s3Route: S3Route
  /// Whether nobody will know after the process what it has put beside sources: then it is taken away when it stops.
  public var isTransient: Bool

  /// Settings, all of them with defaults.
  public init(
    publicURL: String = "http://127.0.0.1:9400", isPublic: Bool = false, snsRoute: SNSRoute = .http,
    s3Route: S3Route = .sqs, isTransient: Bool = false
  ) {
    self.publicURL = publicURL
    self.isPublic = isPublic
    self.snsRoute = snsRoute
    self.s3Route = s3Route
    self.isTransient = isTransient
  }
}
