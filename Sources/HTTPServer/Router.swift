public import HTTPTypes

/// Which action answers which method and path. Knows nothing of what the actions do.
public struct Router<Action: Sendable>: Sendable {
  /// One line of the route table.
  public struct Route: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// The path, with parameters in braces: `/things/{Name}`. A trailing slash counts.
    public var path: String
    /// What answers.
    public var action: Action

    /// One line of the route table.
    public init(_ method: HTTPRequest.Method, _ path: String, _ action: Action) {
      self.method = method
      self.path = path
      self.action = action
    }
  }

  /// The outcome of looking a path up.
  public enum Match: Sendable {
    /// The action, and the decoded values of the path's parameters in their order.
    case found(Action, [String])
    /// The path exists, with other methods.
    case wrongMethod(allowed: [HTTPRequest.Method])
    case notFound
  }

  private struct Entry: Sendable {
    var route: Route
    var segments: [Segment]
  }

  private enum Segment: Sendable {
    case literal([UInt8])
    case parameter
  }

  private let entries: [Entry]

  /// A router over a table; the first matching line wins.
  public init(_ routes: [Route]) {
    entries = routes.map { route in
      let segments = route.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      return Entry(route: route, segments: segments.map { $0.hasPrefix("{") ? .parameter : .literal(Array($0.utf8)) })
    }
  }

  /// The action for a method and a path as sent. `HEAD` is answered by what answers `GET` (RFC 9110 section 9.3.2).
  ///
  /// The path is cut at its slashes before it is decoded: an encoded slash belongs to a parameter.
  public func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
    var path = path
    return path.withUTF8 { bytes in match(method == .head ? .get : method, bytes) }
  }

  private func match(_ method: HTTPRequest.Method, _ path: UnsafeBufferPointer<UInt8>) -> Match {
    var allowed: [HTTPRequest.Method] = []
    for entry in entries {
      guard let values = Self.values(of: entry, in: path) else { continue }
      guard entry.route.method == method else {
        allowed.append(entry.route.method)
        continue
      }
      return .found(entry.route.action, values)
    }
    return allowed.isEmpty ? .notFound : .wrongMethod(allowed: allowed)
  }

  private static func values(of entry: Entry, in path: UnsafeBufferPointer<UInt8>) -> [String]? {
    let slash = UInt8(ascii: "/")
    var values: [String] = []
    var place = path.startIndex
    for segment in entry.segments {
      guard place < path.endIndex, path[place] == slash else { return nil }
      let start = place + 1
      switch segment {
      case .literal(let text):
        let end = start + text.count
        guard end <= path.endIndex, end == path.endIndex || path[end] == slash, path[start..<end].elementsEqual(text)
        else { return nil }
        place = end
      case .parameter:
        let end = path[start...].firstIndex(of: slash) ?? path.endIndex
        guard start < end, let value = PercentEncoding.decode(String(decoding: path[start..<end], as: UTF8.self)) else {
          return nil
        }
        values.append(value)
        place = end
      }
    }
    return place == path.endIndex ? values : nil
  }
}
