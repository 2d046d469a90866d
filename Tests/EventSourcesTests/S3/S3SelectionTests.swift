import LambdaWire
import Testing

@testable import EventSources

@Suite struct S3SelectionTests {
  /// Types that are wished for, the name in a record, and whether it is one of them.
  @Test(arguments: [
    (["s3:ObjectCreated:*"], "ObjectCreated:Put", true), (["s3:ObjectCreated:*"], "s3:ObjectCreated:Put", true),
    (["s3:ObjectCreated:*"], "ObjectCreated:CompleteMultipartUpload", true),
    (["s3:ObjectCreated:*"], "ObjectRemoved:Delete", false), (["s3:ObjectCreated:Put"], "ObjectCreated:Put", true),
    (["s3:ObjectCreated:Put"], "ObjectCreated:PutMore", false), (["s3:ObjectCreated:Put"], "ObjectCreated:Copy", false),
    (["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"], "ObjectRemoved:DeleteMarkerCreated", true),
    (["s3:ReducedRedundancyLostObject"], "ReducedRedundancyLostObject", true),
    (["s3:LifecycleExpiration:*"], "LifecycleTransition", false),
    (["s3:LifecycleTransition"], "LifecycleTransition", true),
    ([], "ObjectCreated:Put", false), (["s3:ObjectCreated:*"], "", false), (["s3:ObjectCreated:*"], "TestEvent", false),
  ])
  func eventsAreAdmittedByTheirType(events: [String], name: String, isAdmitted: Bool) {
    #expect(S3Selection(events: events).admits(eventName: name, key: "k") == isAdmitted)
    #expect(S3Selection(events: events, prefix: "k", suffix: "k").admits(eventName: name, key: "k") == isAdmitted)
  }

  @Test(
    arguments: [
      ("images/", nil, "images/a.jpg", true), ("images/", nil, "image/a.jpg", false), ("images/", nil, "images", false),
      (nil, ".jpg", "a.jpg", true), (nil, ".jpg", "a.JPG", false), (nil, ".jpg", "a.jpg.bak", false),
      ("images/", ".jpg", "images/a.jpg", true), ("images/", ".jpg", "images/a.png", false),
      ("images/", ".jpg", "logs/a.jpg", false), ("", "", "any", true), (nil, nil, "", true),
      // Both may share bytes of the key, and bytes are compared.
      ("ab", "bc", "abc", true), ("e", nil, "e\u{301}", true), ("\u{e9}", nil, "e\u{301}", false),
      ("ä", "ä", "ä", true),
      // As the documentation has them written, and as people write them.
      ("my+photos/", nil, "my photos/a", true), ("my photos/", nil, "my photos/a", true),
      ("my+photos/", nil, "my+photos/a", true), ("my%2Bphotos/", nil, "my photos/a", false),
      ("my%2Bphotos/", nil, "my+photos/a", true),
      ("in/%C3%A4+b%2B", ".t%40t", "in/ä b+c.t@t", true), ("in/ä b+", nil, "in/ä b+c", true),
      ("100%", nil, "100%.txt", true),
      (nil, "=1/", "year=1/", true), (nil, "%3D1/", "year=1/", true),
    ] as [(String?, String?, String, Bool)])
  func eventsAreAdmittedByTheirKey(prefix: String?, suffix: String?, key: String, isAdmitted: Bool) {
    let selection = S3Selection(events: ["s3:ObjectCreated:*"], prefix: prefix, suffix: suffix)
    #expect(selection.admits(eventName: "ObjectCreated:Put", key: key) == isAdmitted)
    #expect(!selection.admits(eventName: "ObjectRemoved:Delete", key: key))
  }

  struct Overlap: Sendable {
    var left: S3Selection
    var right: S3Selection
    var found: S3Overlap?

    init(
      _ left: (events: [String], prefix: String?, suffix: String?),
      _ right: (events: [String], prefix: String?, suffix: String?), _ found: S3Overlap?
    ) {
      self.left = S3Selection(events: left.events, prefix: left.prefix, suffix: left.suffix)
      self.right = S3Selection(events: right.events, prefix: right.prefix, suffix: right.suffix)
      self.found = found
    }
  }

  private static let put = ["s3:ObjectCreated:Put"]
  private static let created = ["s3:ObjectCreated:*"]
  private static let removed = ["s3:ObjectRemoved:*"]

  /// The examples of https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
  @Test(arguments: [
    // Valid: prefixes that do not overlap; suffixes that do not; either where the other does not; other types of events.
    Overlap((put, "images/", nil), (put, "logs/", nil), nil), Overlap((put, nil, ".jpg"), (put, nil, ".png"), nil),
    Overlap((put, "images", ".jpg"), (put, "images", ".png"), nil),
    Overlap((created, "images", "jpg"), (created, "logs", "jpg"), nil),
    Overlap((put, "image/", nil), (removed, "image/", nil), nil),
    // Invalid: a filter beside none, prefixes that overlap without suffixes, suffixes that overlap, both.
    Overlap((created, "images", nil), (created, nil, nil), .filters),
    Overlap((created, "images", nil), (created, "images/2026", nil), .filters),
    Overlap((created, nil, "jpg"), (put, nil, "pg"), .filters),
    Overlap((created, "images", "jpg"), (put, "images", "jpg"), .filters),
    Overlap((created, "images", "jpg"), (created, "", "jpg"), .filters),
    Overlap((created, nil, "jpg"), (created, "images", nil), .filters),
    // Neither has a filter.
    Overlap((created, nil, nil), (created, nil, nil), .eventTypes),
    Overlap((created, nil, nil), (put, "", ""), .eventTypes), Overlap((created, nil, nil), (removed, nil, nil), nil),
    Overlap((put, nil, nil), (["s3:ObjectCreated:Copy"], nil, nil), nil),
    Overlap((removed + put, nil, nil), (["s3:ObjectCreated:Copy"] + created, nil, nil), .eventTypes),
    // As they are written and as they are meant.
    Overlap((put, "a b", nil), (put, "a+b", nil), .filters), Overlap((put, "a%2Bb", nil), (put, "a+b", nil), nil),
    Overlap((put, nil, "\u{e9}"), (put, nil, "e\u{301}"), nil),
  ])
  func selectionsOfOneBucketOverlapAsDocumented(example: Overlap) {
    #expect(example.left.overlaps(example.right) == example.found)
    #expect(example.right.overlaps(example.left) == example.found)
  }

  @Test func everyTypeIsOneOfItsKind() {
    for type in S3EventSourceConfig.eventTypes {
      let selection = S3Selection(events: [type])
      #expect(selection.overlaps(selection) == .eventTypes)
      let kin = S3EventSourceConfig.eventTypes.filter { selection.overlaps(S3Selection(events: [$0])) != nil }
      let name = type.hasSuffix("*") ? String(type.dropLast()) : type
      #expect(kin.allSatisfy { $0 == type || $0.hasPrefix(name) || $0.hasSuffix("*") }, "\(type)")
    }
    #expect(Set(S3EventSourceConfig.eventTypes).count == 27)
  }

  @Test func textsAreS3s() {
    #expect(
      "\(S3Overlap.eventTypes)"
        == "Configurations overlap. Configurations on the same bucket cannot share a common event type.")
    #expect(
      "\(S3Overlap.filters)"
        == "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
        + "overlapping for the same event type.")
  }
}
