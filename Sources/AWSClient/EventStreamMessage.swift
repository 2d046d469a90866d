/// A message of an event stream.
struct EventStreamMessage: Sendable, Equatable {
  var headers: [String: EventStreamHeaderValue]
  var payload: [UInt8]
}

/// The value of a header, of one of the ten types that there are; `true` and `false` are a type each.
enum EventStreamHeaderValue: Sendable, Equatable {
  case bool(Bool)
  case byte(Int8)
  case short(Int16)
  case integer(Int32)
  case long(Int64)
  case bytes([UInt8])
  case string(String)
  case timestamp(milliseconds: Int64)
  /// Sixteen bytes.
  case uuid([UInt8])
}

/// Why bytes are no event stream.
enum EventStreamError: Error, Sendable, Equatable {
  case preludeChecksum
  case messageChecksum
  /// The lengths of the message and of its headers contradict each other.
  case lengths(message: Int, headers: Int)
  case tooLong(bytes: Int, limit: Int)
  /// The headers end within a header.
  case truncatedHeader
  /// A header without a name, or whose name is no UTF-8.
  case headerName
  case headerType(UInt8)
  /// The text of a header is no UTF-8.
  case headerText(name: String)
  case repeatedHeader(name: String)
}

extension EventStreamError: CustomStringConvertible {
  /// What is wrong, in words.
  var description: String {
    switch self {
    case .preludeChecksum: "the checksum of an event stream's prelude is wrong"
    case .messageChecksum: "the checksum of an event stream's message is wrong"
    case .lengths(let message, let headers):
      "an event stream's message of \(message) bytes cannot have headers of \(headers) bytes"
    case .tooLong(let bytes, let limit): "an event stream's message has \(bytes) bytes, more than \(limit)"
    case .truncatedHeader: "an event stream's header is cut off"
    case .headerName: "an event stream's header has no name"
    case .headerType(let type): "an event stream's header has the unknown type \(type)"
    case .headerText(let name): "the event stream's header \(name) is no UTF-8"
    case .repeatedHeader(let name): "the event stream's header \(name) is there twice"
    }
  }
}
