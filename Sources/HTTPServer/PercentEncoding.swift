/// Percent-decoding (RFC 3986 section 2.1), and the names and values of a query.
public enum PercentEncoding {
  /// The decoded text, or nil where an escape is malformed or the bytes are not UTF-8.
  public static func decode(_ text: some StringProtocol) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = iterator.next()?.hexadecimalValue, let low = iterator.next()?.hexadecimalValue else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// The parameters of a request's query, decoded, in order. A name may come more than once.
public struct QueryParameters: Sendable, Equatable {
  /// One parameter; without `=` its value is empty.
  public struct Parameter: Sendable, Equatable {
    /// The decoded name.
    public var name: String
    /// The decoded value.
    public var value: String
  }

  /// All parameters in order.
  public let parameters: [Parameter]

  /// - Parameter query: what follows the `?` of a target; nil is returned where an escape is malformed.
  ///
  /// `+` stays a plus: the AWS SDKs write a space as `%20`.
  public init?(_ query: String) {
    var parameters: [Parameter] = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(parts[0]),
        let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
      else { return nil }
      parameters.append(Parameter(name: name, value: value))
    }
    self.parameters = parameters
  }

  /// The first value of a name, or nil.
  public subscript(name: String) -> String? {
    parameters.first { $0.name == name }?.value
  }

  /// All values of a name.
  public func values(of name: String) -> [String] {
    parameters.filter { $0.name == name }.map(\.value)
  }
}
