import AWSClient
import TestSupport
import Testing

@testable import EventSources

/// The configuration of a bucket, cut at the place where ours is put.
struct NotificationsCase: Sendable, CustomTestStringConvertible {
  var name: String
  /// What stands before ours and behind it, once it is there.
  var before: String
  var after: String
  /// What S3 answers without it; nil where it is what is left when ours is taken out again.
  var answer: String?

  var testDescription: String { name }

  static let opening = #"<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
  static let closing = "</NotificationConfiguration>"
  static let topic =
    "<TopicConfiguration><Id>t</Id><Topic>arn:aws:sns:::t</Topic><Event>s3:x</Event></TopicConfiguration>"

  private static func fresh(_ name: String, _ answer: String) -> NotificationsCase {
    .init(name: name, before: opening, after: closing, answer: answer)
  }

  static let all = [
    fresh("no bytes", ""),
    fresh("ministack: a root that closes itself", #"<?xml version="1.0" encoding="UTF-8"?>\#(opening.dropLast()) />"#),
    fresh("roto: an empty root", "\(opening)\(closing)"),
    fresh("moto: another root", #"<GetBucketNotificationResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#),
    fresh("another root with an end", "<GetBucketNotificationResponse></GetBucketNotificationResponse>"),
    .init(
      name: "another root with configurations", before: "\(opening)\(topic)", after: closing,
      answer: "<GetBucketNotificationResponse>\n \(topic)\n</GetBucketNotificationResponse>"),
    .init(name: "other configurations", before: "\(opening)\(topic)<EventBridgeConfiguration/>", after: closing),
    .init(
      name: "declaration, white space and comments",
      before: "<?xml version='1.0'?>\n<!-- ours: --> \(opening)\n  \(topic)\n <!-- <Id>headrace-1</Id> --> \r\n",
      after: "\(closing)\n<!-- end -->\n"),
    .init(
      name: "attributes and processing instructions",
      before: #"<NotificationConfiguration a='1' xmlns="u" b = "2&lt;"><?x <Id>?><QueueConfiguration c="'"><Id/>"#
        + "</QueueConfiguration>", after: "</NotificationConfiguration >"),
    .init(
      name: "CDATA and entities",
      before: opening
        + "<QueueConfiguration><Id><![CDATA[</Id>headrace-1]]></Id><Queue>a&amp;b&#x20;</Queue></QueueConfiguration>",
      after: closing),
    .init(
      name: "an id that only looks like ours",
      before: opening
        + "<QueueConfiguration><Id>headrace-10</Id></QueueConfiguration><QueueConfiguration><Id>headrace-&#49;&#48;</Id>"
        + "</QueueConfiguration><X><Y><Id>headrace-1</Id></Y></X>", after: closing),
    .init(
      name: "characters of all kinds",
      before: "\(opening)<TopicConfiguration><Id>é\u{1F600}</Id></TopicConfiguration>\t",
      after: closing),
    .init(
      name: "prefixes of other namespaces",
      before: #"<NotificationConfiguration xmlns="u" xmlns:x="v"><x:Extension><x:Id>1</x:Id></x:Extension>"#,
      after: closing),
  ]
}

@Suite struct BucketNotificationsTests {
  static let ours = BucketNotification(
    id: "headrace-1", queueARN: "arn:aws:sqs:us-east-1:1:headrace-1", events: ["s3:ObjectCreated:*"], prefix: nil,
    suffix: nil)
  static let oursXML =
    "<QueueConfiguration><Id>headrace-1</Id><Queue>arn:aws:sqs:us-east-1:1:headrace-1</Queue>"
    + "<Event>s3:ObjectCreated:*</Event></QueueConfiguration>"

  private func notifications(_ text: String) throws(XMLError) -> BucketNotifications {
    try BucketNotifications(Array(text.utf8))
  }

  private func text(_ notifications: BucketNotifications) -> String {
    String(decoding: notifications.document, as: UTF8.self)
  }

  // MARK: Every other byte

  @Test(arguments: NotificationsCase.all) func whatIsAddedIsTheLastAndAllElseStays(example: NotificationsCase) throws {
    var notifications = try notifications(example.answer ?? example.before + example.after)
    #expect(notifications.configuration(Self.ours.id) == nil)
    try notifications.set(Self.ours)
    #expect(text(notifications) == example.before + Self.oursXML + example.after)
    #expect(notifications.configuration(Self.ours.id) == Self.ours)
  }

  @Test(arguments: NotificationsCase.all) func whatIsTakenOutLeavesWhatWasThere(example: NotificationsCase) throws {
    var notifications = try notifications(example.before + Self.oursXML + example.after)
    #expect(try notifications.remove(Self.ours.id))
    #expect(text(notifications) == example.before + example.after)
    #expect(notifications.configuration(Self.ours.id) == nil)
    #expect(try !notifications.remove(Self.ours.id))
    #expect(text(notifications) == example.before + example.after)
  }

  @Test(arguments: NotificationsCase.all) func whatIsSetAgainTakesThePlaceOfTheOld(example: NotificationsCase) throws {
    var notifications = try notifications(example.before + Self.oursXML + example.after)
    var changed = Self.ours
    changed.prefix = "in/"
    try notifications.set(changed)
    #expect(notifications.configuration(Self.ours.id) == changed)
    #expect(text(notifications).hasPrefix(example.before))
    #expect(text(notifications).hasSuffix(example.after))
    try notifications.set(Self.ours)
    #expect(text(notifications) == example.before + Self.oursXML + example.after)
  }

  // MARK: Our configuration

  @Test(arguments: [
    (ours, oursXML),
    (
      BucketNotification(
        id: "a&b", queueARN: "q<", events: ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"], prefix: "in/ä&",
        suffix: ".'j\""),
      "<QueueConfiguration><Id>a&amp;b</Id><Queue>q&lt;</Queue><Event>s3:ObjectCreated:Put</Event>"
        + "<Event>s3:ObjectRemoved:*</Event><Filter><S3Key>"
        + "<FilterRule><Name>prefix</Name><Value>in/ä&amp;</Value></FilterRule>"
        + "<FilterRule><Name>suffix</Name><Value>.&apos;j&quot;</Value></FilterRule></S3Key></Filter></QueueConfiguration>"
    ),
    (
      BucketNotification(id: "i", queueARN: "q", events: ["e"], prefix: "", suffix: nil),
      "<QueueConfiguration><Id>i</Id><Queue>q</Queue><Event>e</Event><Filter><S3Key>"
        + "<FilterRule><Name>prefix</Name><Value></Value></FilterRule></S3Key></Filter></QueueConfiguration>"
    ),
  ])
  func configurationIsWrittenAsS3DocumentsItAndReadAgain(notification: BucketNotification, xml: String) throws {
    var notifications = try notifications("")
    try notifications.set(notification)
    #expect(text(notifications) == NotificationsCase.opening + xml + NotificationsCase.closing)
    #expect(notifications.configuration(notification.id) == notification)
    #expect(try self.notifications(text(notifications)).configuration(notification.id) == notification)
  }

  /// As servers answer what was put: with names of their own, in another order, with white space.
  @Test(arguments: [
    "<QueueConfiguration><Event>s3:ObjectCreated:*</Event><Queue>q</Queue><Filter><S3Key><FilterRule><Value>in/</Value>"
      + "<Name>Prefix</Name></FilterRule></S3Key></Filter><Id>i</Id></QueueConfiguration>",
    "<QueueConfiguration>\n <Id>i</Id>\n <Queue>q</Queue>\n <Event>s3:ObjectCreated:*</Event>\n <Filter>\n <S3Key>\n "
      + "<FilterRule>\n <Name>prefix</Name>\n <Value>in/</Value>\n </FilterRule>\n </S3Key>\n </Filter>\n"
      + "</QueueConfiguration>",
    "<x:QueueConfiguration><x:Id>&#105;</x:Id><x:Queue><![CDATA[q]]></x:Queue><x:Event>s3:ObjectCreated:*</x:Event>"
      + "<x:Filter><x:S3Key><x:FilterRule><x:Name>PREFIX</x:Name><x:Value>in&#47;</x:Value></x:FilterRule></x:S3Key>"
      + "</x:Filter></x:QueueConfiguration>",
  ])
  func configurationIsKnownHoweverItIsWritten(xml: String) throws {
    let notifications = try notifications(NotificationsCase.opening + xml + NotificationsCase.closing)
    #expect(
      notifications.configuration("i")
        == BucketNotification(id: "i", queueARN: "q", events: ["s3:ObjectCreated:*"], prefix: "in/", suffix: nil))
  }

  @Test(arguments: [
    NotificationsCase.topic, "<CloudFunctionConfiguration><Id>t</Id></CloudFunctionConfiguration>",
    "<QueueConfiguration><Id>t</Id></QueueConfiguration>",
  ])
  func whatIsSentElsewhereIsNotOurs(xml: String) throws {
    #expect(try notifications(NotificationsCase.opening + xml + NotificationsCase.closing).configuration("t") == nil)
  }

  @Test(arguments: ["<", "text", "<NotificationConfiguration>", "{}", "<!DOCTYPE x><x/>"])
  func documentThatIsNoneIsRefused(text: String) {
    #expect(throws: XMLError.self) { try notifications(text) }
  }

  // MARK: Spoiled documents

  private static let seeds: [String] = NotificationsCase.all.flatMap { example in
    [example.answer ?? example.before + example.after, example.before + oursXML + example.after]
  }
  private static let words = [
    "<", ">", "/", "</", "/>", "\"", "'", "&", "&amp;", "<!--", "-->", "<![CDATA[", "]]>", "<?x ?>", "<Id>", "</Id>",
    "headrace-1", "<QueueConfiguration>", "</QueueConfiguration>", "<Id>headrace-1</Id>", topicXML, oursXML, "é",
    "\u{0}", ":",
  ].map { Array($0.utf8) }
  private static let topicXML = NotificationsCase.topic

  private func spoiled(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = text
    for _ in 0...random.index(below: 3) where !bytes.isEmpty {
      let place = random.index(below: bytes.count)
      switch random.index(below: 5) {
      case 0: bytes[place] = UInt8(random.index(below: 256))
      case 1: bytes.remove(at: place)
      case 2: bytes.removeSubrange(place..<min(place + random.index(below: 40), bytes.count))
      case 3:
        let end = min(place + random.index(below: 80), bytes.count)
        bytes.insert(contentsOf: bytes[place..<end], at: random.index(below: bytes.count))
      default: bytes.insert(contentsOf: random.element(of: Self.words), at: place)
      }
    }
    return bytes
  }

  /// The configurations in a document, each as its bytes, but for those of that id.
  private func others(_ document: [UInt8]) throws(XMLError) -> [[UInt8]] {
    guard !document.isEmpty else { return [] }
    return try XMLElement(parsing: document).children.filter { $0["Id"]?.text != Self.ours.id }
      .map { Array(document[$0.range]) }
  }

  @Test(.timeLimit(.minutes(5))) func spoiledDocumentIsRefusedOrKeepsItsOtherConfigurations() async throws {
    var random = SeededGenerator.announced(for: "configurations of buckets")
    let count = 20_000
    var read = 0
    for index in 0..<count {
      await giveWay(inRound: index)
      let input = spoiled(Array(Self.seeds[index % Self.seeds.count].utf8), &random)
      do throws(XMLError) {
        var notifications = try BucketNotifications(input)
        let others = try others(input)
        read += 1
        try notifications.set(Self.ours)
        let added = try self.others(notifications.document)
        let (isKept, isThere) = (added == others, notifications.configuration(Self.ours.id) == Self.ours)
        while try notifications.remove(Self.ours.id) {}
        let left = try self.others(notifications.document)
        if !isKept || left != others || !isThere && !hasTwo(input) {
          Issue.record("\(String(decoding: input, as: UTF8.self)) loses something")
        }
      } catch {
        if !(0...input.count).contains(error.offset) {
          Issue.record("\(error) is outside of \(String(decoding: input, as: UTF8.self))")
        }
      }
    }
    #expect(read > count / 50)
    #expect(read < count)
  }

  /// Whether the id stands there twice, which no server would have.
  private func hasTwo(_ document: [UInt8]) -> Bool {
    let children = (try? XMLElement(parsing: document).children) ?? []
    return children.count { $0["Id"]?.text == Self.ours.id } > 1
  }
}
