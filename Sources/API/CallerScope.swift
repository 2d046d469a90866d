import HTTPServer
import HTTPTypes
import Mappings

/// Finds out whose mappings a request is about: from its SigV4 credential, which every AWS SDK sends. The signature
/// itself is not checked.
struct CallerScope: Sendable {
  /// For requests without a credential, and for what a credential does not tell.
  let fallback: Scope

  /// The region is that of the credential scope. The account is the access key id where that has twelve digits, as
  /// emulators agreed on; real key ids do not tell their account.
  func scope(of request: Request) -> Scope {
    guard let credential = Self.credential(of: request) else { return fallback }
    let parts = credential.split(separator: "/", omittingEmptySubsequences: false)
    var scope = fallback
    if let key = parts.first, key.utf8.count == 12, key.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      scope.account = String(key)
    }
    // `KEY/DATE/REGION/SERVICE/aws4_request`
    if parts.count == 5, parts[4] == "aws4_request", Self.isRegion(parts[2]) { scope.region = String(parts[2]) }
    return scope
  }

  private static func credential(of request: Request) -> Substring? {
    if let header = request.fields[.authorization] {
      guard header.hasPrefix("AWS4-"), let name = header.range(of: "Credential=") else { return nil }
      return header[name.upperBound...].prefix { $0 != "," && $0 != " " }
    }
    guard request.query.utf8.count > 0, let query = QueryParameters(request.query) else { return nil }
    return query["X-Amz-Credential"].map { $0[...] }
  }

  /// Whatever could stand in an ARN: people give their emulators regions of their own.
  private static func isRegion(_ text: Substring) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}

extension String {
  /// The first place of a short ASCII text.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].utf8.starts(with: text.utf8) { return start..<index(start, offsetBy: text.count) }
      start = utf8.index(after: start)
    }
    return nil
  }
}
