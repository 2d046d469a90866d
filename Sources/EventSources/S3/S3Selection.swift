/// Which events of a bucket are wanted: types of events, and how the keys of objects begin and end.
struct S3Selection: Sendable, Equatable {
  /// As they were given: what a bucket is told.
  let eventTypes: [String]
  let prefix: String?
  let suffix: String?

  private let events: [S3EventPattern]
  /// How keys begin and end, as S3 reads what was given.
  private let ends: KeyEnds
  /// The same to the letter, as some servers read it.
  private let literalEnds: KeyEnds

  /// - Parameter events: of S3's model, wildcards included.
  /// - Parameter prefix: how keys begin; nil where that is all one.
  /// - Parameter suffix: how keys end.
  ///
  /// Documented: a prefix or suffix has `+` for a space and escapes for special characters, as keys in events have
  /// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html). One that is not encoded is
  /// taken as it is.
  init(events: [String], prefix: String? = nil, suffix: String? = nil) {
    (eventTypes, self.prefix, self.suffix) = (events, prefix, suffix)
    let (prefix, suffix) = (prefix ?? "", suffix ?? "")
    self.events = events.map(S3EventPattern.init)
    ends = KeyEnds(prefix: S3ObjectKey.decoded(prefix), suffix: S3ObjectKey.decoded(suffix))
    literalEnds = KeyEnds(prefix: prefix, suffix: suffix)
  }

  /// Whether an event is wanted.
  ///
  /// The server has compared the key already, in its own way: `a+b` begins `a b` for S3, and `a+b` for ministack and moto.
  /// Either is admitted here, lest nothing be left that both of them admit.
  /// - Parameter eventName: with or without `s3:`.
  /// - Parameter key: as the object is named. Prefix and suffix may share bytes of it.
  func admits(eventName: String, key: String) -> Bool {
    let name = S3EventPattern(eventName)
    guard events.contains(where: { $0.overlaps(name) }) else { return false }
    return ends.match(key) || literalEnds.match(key)
  }

  /// Why S3 would not have both of them on one bucket; nil where it would.
  ///
  /// Documented on the same page: filters may not overlap for one type of event, but prefixes may where suffixes do not, and
  /// suffixes where prefixes do not. Two overlap where a key can have both; one that is not given overlaps every other.
  func overlaps(_ other: S3Selection) -> S3Overlap? {
    let haveCommonType = events.contains { event in other.events.contains { $0.overlaps(event) } }
    guard haveCommonType else { return nil }
    if ends.areFree && other.ends.areFree { return .eventTypes }
    return ends.overlap(other.ends) ? .filters : nil
  }
}

/// How two selections of one bucket overlap. The texts are those with which S3 refuses PutBucketNotificationConfiguration
/// (public reports: minio/minio#2472, aws-solutions/aws-waf-security-automations#49).
enum S3Overlap: String, Error, CustomStringConvertible {
  case eventTypes = """
    Configurations overlap. Configurations on the same bucket cannot share a common event type.
    """
  case filters = """
    Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for \
    the same event type.
    """

  var description: String { rawValue }
}

/// A type of event, or all that begin alike: `ObjectCreated:*`.
private struct S3EventPattern: Equatable {
  private let name: Substring
  private let isOpen: Bool

  init(_ text: String) {
    let name = text.hasPrefix("s3:") ? text.dropFirst(3) : text[...]
    isOpen = name.hasSuffix("*")
    self.name = isOpen ? name.dropLast() : name
  }

  /// Whether there is a type that both of them mean.
  func overlaps(_ other: S3EventPattern) -> Bool {
    switch (isOpen, other.isOpen) {
    case (false, false): name == other.name
    case (true, false): other.name.hasPrefix(name)
    case (false, true): name.hasPrefix(other.name)
    case (true, true): name.hasPrefix(other.name) || other.name.hasPrefix(name)
    }
  }
}

/// How keys begin and end.
private struct KeyEnds: Equatable {
  private let prefix: [UInt8]
  /// The suffix from its end.
  private let suffix: [UInt8]

  init(prefix: String, suffix: String) {
    self.prefix = Array(prefix.utf8)
    self.suffix = suffix.utf8.reversed()
  }

  /// Whether they are those of all keys.
  var areFree: Bool { prefix.isEmpty && suffix.isEmpty }

  func match(_ key: String) -> Bool {
    key.utf8.starts(with: prefix) && key.utf8.reversed().starts(with: suffix)
  }

  /// Whether there is a key that begins and ends as both of them say.
  func overlap(_ other: KeyEnds) -> Bool {
    (prefix.starts(with: other.prefix) || other.prefix.starts(with: prefix))
      && (suffix.starts(with: other.suffix) || other.suffix.starts(with: suffix))
  }
}
