import AWSClient

/// The notification configuration of a bucket, as its bytes: one configuration is put in or taken out, and all others
/// stay as whoever made them wrote them
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html).
struct BucketNotifications: Sendable {
  private static let root = "NotificationConfiguration"
  private static let opening = #"<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#

  private(set) var document: [UInt8]
  /// The document, read.
  private var root: XMLElement

  /// - Parameter answer: S3's; an empty one stands for no configuration.
  init(_ answer: [UInt8]) throws(XMLError) {
    let root = answer.isEmpty ? nil : try XMLElement(parsing: answer)
    guard let root, root.name == Self.root, !root.isSelfClosing else {
      // Some servers answer with another root than they take.
      let children = root?.children.flatMap { answer[$0.range] } ?? []
      document = Array(Self.opening.utf8) + children + Array("</\(Self.root)>".utf8)
      self.root = try XMLElement(parsing: document)
      return
    }
    document = answer
    self.root = root
  }

  /// The configuration of that id; nil where there is none.
  func configuration(_ id: String) -> BucketNotification? { element(id).flatMap(BucketNotification.init) }

  /// Adds a configuration, in the place of that of the same id.
  mutating func set(_ notification: BucketNotification) throws(XMLError) {
    try remove(notification.id)
    guard let end = root.contentEnd else { return }
    document.insert(contentsOf: notification.xml.utf8, at: end)
    root = try XMLElement(parsing: document)
  }

  /// Takes out the configuration of that id.
  /// - Returns: whether there was one.
  @discardableResult
  mutating func remove(_ id: String) throws(XMLError) -> Bool {
    guard let element = element(id) else { return false }
    document.removeSubrange(element.range)
    root = try XMLElement(parsing: document)
    return true
  }

  private func element(_ id: String) -> XMLElement? { root.children.first { $0["Id"]?.text == id } }
}

/// One configuration: which events are sent to a queue.
struct BucketNotification: Equatable, Sendable {
  var id: String
  var queueARN: String
  var events: Set<String>
  var prefix: String?
  var suffix: String?

  init(id: String, queueARN: String, events: Set<String>, prefix: String?, suffix: String?) {
    self.id = id
    self.queueARN = queueARN
    self.events = events
    self.prefix = prefix
    self.suffix = suffix
  }

  /// Nil for what is sent elsewhere.
  fileprivate init?(_ element: XMLElement) {
    guard element.name == "QueueConfiguration", let id = element["Id"]?.text, let queue = element["Queue"]?.text else {
      return nil
    }
    self.init(
      id: id, queueARN: queue, events: Set(element.children.filter { $0.name == "Event" }.map(\.text)), prefix: nil,
      suffix: nil)
    for rule in element["Filter"]?["S3Key"]?.children ?? [] {
      // S3 answers `Prefix` where `prefix` was put.
      switch rule["Name"]?.text.lowercased() {
      case "prefix": prefix = rule["Value"]?.text ?? ""
      case "suffix": suffix = rule["Value"]?.text ?? ""
      default: break
      }
    }
  }

  fileprivate var xml: String {
    var xml = "<QueueConfiguration><Id>\(XMLElement.escaped(id))</Id><Queue>\(XMLElement.escaped(queueARN))</Queue>"
    for event in events.sorted() { xml += "<Event>\(XMLElement.escaped(event))</Event>" }
    let rules = [("prefix", prefix), ("suffix", suffix)].compactMap { name, value in
      value.map {
        "<FilterRule><Name>\(name)</Name><Value>\(XMLElement.escaped($0))</Value></FilterRule>"
      }
    }
    if !rules.isEmpty { xml += "<Filter><S3Key>\(rules.joined())</S3Key></Filter>" }
    return xml + "</QueueConfiguration>"
  }
}
