/// The one form of a request that both sides of a signature make from it
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 1).
struct CanonicalRequest {
  /// The form itself.
  private(set) var bytes: [UInt8] = []
  /// The names of the headers that are in it: `content-type;host;x-amz-date`.
  let signedHeaders: String

  init(_ request: SigningRequest, added: [(name: String, value: String)], bodyHash: String, isS3: Bool) {
    let headers = Self.headers(request, added: added)
    signedHeaders = headers.map(\.name).joined(separator: ";")
    bytes.reserveCapacity(1024)
    append(request.method)
    append(isS3 ? request.path : Self.path(request.path))
    append(Self.query(request.query))
    for header in headers {
      bytes += header.name.utf8
      bytes.append(UInt8(ascii: ":"))
      append(header.value)
    }
    append("")
    append(signedHeaders)
    bytes += bodyHash.utf8
  }

  private mutating func append(_ line: String) {
    bytes += line.utf8
    bytes.append(UInt8(ascii: "\n"))
  }

  // MARK: Headers

  /// Headers that a proxy may change, or that the transport writes itself; as in the SDKs, they are not signed.
  private static let unsigned: Set<String> = [
    "authorization", "connection", "content-length", "expect", "host", "transfer-encoding", "user-agent",
    "x-amzn-trace-id",
  ]

  private static func headers(
    _ request: SigningRequest, added: [(name: String, value: String)]
  ) -> [(name: String, value: String)] {
    var all: [(name: String, value: String)] = [("host", request.host)]
    all.reserveCapacity(request.headers.count + added.count + 1)
    for (name, value) in request.headers {
      let name = name.lowercased()
      if !unsigned.contains(name) { all.append((name, trimmed(value))) }
    }
    for header in added { all.append((header.name, trimmed(header.value))) }
    // The standard library's sort is stable: values of one name stay in their order.
    all.sort { $0.name < $1.name }
    var merged: [(name: String, value: String)] = []
    merged.reserveCapacity(all.count)
    for header in all {
      if let last = merged.last, last.name == header.name {
        merged[merged.count - 1].value += "," + header.value
      } else {
        merged.append(header)
      }
    }
    return merged
  }

  /// Without white space at its ends, and with one space for several.
  private static func trimmed(_ value: String) -> String {
    let bytes = value.utf8
    var previous = UInt8(ascii: " ")
    var isTrimmed = true
    for byte in bytes {
      if byte == UInt8(ascii: "\t") || (byte == UInt8(ascii: " ") && previous == UInt8(ascii: " ")) {
        isTrimmed = false
        break
      }
      previous = byte
    }
    if isTrimmed, bytes.isEmpty || previous != UInt8(ascii: " ") { return value }
    return value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
  }

  // MARK: Path and query

  /// Dots and doubled slashes resolved (RFC 3986, section 5.2.4), then each segment encoded once more than it is sent.
  private static func path(_ path: String) -> String {
    if path == "/" || path.isEmpty { return "/" }
    var segments: [Substring] = []
    for segment in path.split(separator: "/") {
      switch segment {
      case ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(segment)
      }
    }
    guard !segments.isEmpty else { return "/" }
    var encoded: [UInt8] = []
    encoded.reserveCapacity(path.utf8.count + 32)
    for segment in segments {
      encoded.append(UInt8(ascii: "/"))
      for byte in segment.utf8 { PercentEncoding.append(byte, to: &encoded) }
    }
    if path.utf8.last == UInt8(ascii: "/") { encoded.append(UInt8(ascii: "/")) }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// The parameters, sorted by their encoded names and then values.
  private static func query(_ query: String) -> String {
    if query.isEmpty { return "" }
    var parameters: [(name: String, value: String)] = []
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let value = equals == pair.endIndex ? pair[equals...] : pair[pair.index(after: equals)...]
      parameters.append((normalized(pair[..<equals]), normalized(value)))
    }
    parameters.sort { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
    return parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  /// What is encoded stays so; what needs to be and is not is encoded, as the receiver does before it compares.
  private static func normalized(_ text: Substring.UTF8View) -> String {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count)
    for byte in text {
      if byte == UInt8(ascii: "%") {
        encoded.append(byte)
      } else {
        PercentEncoding.append(byte, to: &encoded)
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

/// Percent-encoding as AWS wants it: everything but RFC 3986's unreserved characters, in capitals.
package enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      bytes.append(byte)
    default:
      bytes.append(UInt8(ascii: "%"))
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 0xF)])
    }
  }

  /// A segment of a path, or a part of a query.
  package static func text(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 { append(byte, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
