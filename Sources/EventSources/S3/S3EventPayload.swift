import JSON
import Mappings

extension S3Event {
  /// `{"Records":[…]}` with this record alone, its members in AWS's order and what is not known after them.
  ///
  /// Values are copied as the bytes in which they came, but for what makes the record S3's own: the source, the form of the
  /// event's name and of the key, and a zone for a time that has none.
  func payload(filling defaults: S3EventDefaults) -> [UInt8] {
    var json = RecordText(capacity: record.token.count + 640)
    json.append(#"{"Records":["#.utf8)
    json.begin()
    json.members(of: record, layout(defaults))
    json.close()
    json.append("]}".utf8)
    return json.bytes
  }

  /// The identifiers are those of the samples in Lambda's console, so that nobody takes them for real ones.
  private func layout(_ defaults: S3EventDefaults) -> [Part] {
    let partition = Scope(account: "", region: defaults.region).partition
    return [
      .given("eventVersion", otherwise: "2.1"),
      .fixed("eventSource", Array("\"aws:s3\"".utf8)),
      .given("awsRegion", otherwise: defaults.region),
      .time("eventTime", otherwise: defaults.time.text),
      .fixed("eventName", Array(JSONValue.string(eventName).text.utf8)),
      .object("userIdentity", [.given("principalId", otherwise: "AWS:ANONYMOUS")]),
      .object("requestParameters", [.given("sourceIPAddress", otherwise: "127.0.0.1")]),
      .object(
        "responseElements",
        [
          .given("x-amz-request-id", otherwise: "EXAMPLE123456789"),
          .given(
            "x-amz-id-2", otherwise: "EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH"),
        ]),
      .object(
        "s3",
        [
          .given("s3SchemaVersion", otherwise: "1.0"),
          .given("configurationId", otherwise: defaults.configurationID),
          .object(
            "bucket",
            [
              .given("name", otherwise: nil),
              .object("ownerIdentity", [.given("principalId", otherwise: "ANONYMOUS")]),
              .given("arn", otherwise: "arn:\(partition):s3:::\(bucket)"),
            ]),
          .object(
            "object",
            [
              .fixed("key", encodedKey), .given("size", otherwise: nil), .given("eTag", otherwise: nil),
              .given("versionId", otherwise: nil), .given("sequencer", otherwise: defaults.sequencer),
            ]),
        ]),
    ]
  }
}

extension S3EventDefaults {
  /// Documented: a hexadecimal text that is greater for the later of two events of a key.
  fileprivate var sequencer: String {
    let digits = String(time.count, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 18 - digits.count)) + digits
  }
}

/// A member that the writer knows, at its place.
private enum Part {
  /// As it was given. What is missing, `null` or an empty text gets the text instead, or is left out.
  case given(StaticString, otherwise: String?)
  /// As `given`; a time without a zone is one of UTC, and is written as S3 writes it. Readers of RFC 3339 refuse it else.
  case time(StaticString, otherwise: String)
  case fixed(StaticString, [UInt8])
  /// An object of which each part is looked for in the given one.
  case object(StaticString, [Part])

  var name: StaticString {
    switch self {
    case .given(let name, _), .time(let name, _), .fixed(let name, _), .object(let name, _): name
    }
  }
}

extension RecordText {
  /// The parts in their order, then the members that are none of them, as they are.
  fileprivate mutating func members(of fragment: JSONFragment?, _ parts: [Part]) {
    let members = fragment?.members ?? []
    for part in parts {
      let given = members.first { $0.name.isString(part.name) && !$0.value.isEmpty }?.value
      switch part {
      case .given(let name, let text):
        if let value = given.map({ Array($0.token) }) ?? text.map({ Array(JSONValue.string($0).text.utf8) }) {
          member(name, value)
        }
      case .time(let name, let text):
        let time = given.map { $0.zonedTime ?? Array($0.token) }
        member(name, time ?? Array(JSONValue.string(text).text.utf8))
      case .fixed(let name, let value): member(name, value)
      case .object(let name, let parts):
        open(name)
        self.members(of: given, parts)
        close()
      }
    }
    for (name, value) in members where !parts.contains(where: { name.isString($0.name) }) {
      member(name.token, value.token)
    }
  }
}

extension JSONFragment {
  /// The members of an object that was read before, so that nothing can be wrong with it.
  fileprivate var members: [(name: JSONFragment, value: JSONFragment)] {
    var members: [(JSONFragment, JSONFragment)] = []
    try? forEachMember { members.append(($0, $1)) }
    return members
  }

  /// Whether nothing was given: `null`, or a text of no length.
  fileprivate var isEmpty: Bool { isNull || isString("") }

  /// A text like `2026-01-31T23:59:59.123456`, with milliseconds and as one of UTC; nil for every other.
  fileprivate var zonedTime: [UInt8]? {
    guard let text, text.utf8.count >= 19, text.utf8.allSatisfy({ "0123456789-T:.".utf8.contains($0) }) else {
      return nil
    }
    let fraction = text.utf8.dropFirst(19)
    guard fraction.isEmpty || fraction.first == UInt8(ascii: ".") else { return nil }
    let digits = Array((Array(fraction.dropFirst()) + Array("000".utf8)).prefix(3))
    return Array("\"\(text.prefix(19)).\(String(decoding: digits, as: UTF8.self))Z\"".utf8)
  }
}
