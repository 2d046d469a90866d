import Crypto
import Synchronization

/// The signing keys of the day.
public final class SigningKeyCache: Sendable {
  /// A key belongs to all that it is derived from.
  private struct Scope: Hashable {
    let secret: String
    let date: String
    let region: String
    let service: String
  }

  /// One key for each service and region in use, and the day's change; emptied when it is full.
  private static let limit = 64

  private let keys = Mutex<[Scope: SymmetricKey]>([:])

  /// An empty cache.
  public init() {}

  func key(secret: String, date: String, region: String, service: String) -> SymmetricKey {
    let scope = Scope(secret: secret, date: date, region: region, service: service)
    if let key = keys.withLock({ $0[scope] }) { return key }
    var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
    for part in [date, region, service, "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
    }
    let derived = key
    keys.withLock { keys in
      if keys.count >= Self.limit { keys.removeAll(keepingCapacity: true) }
      keys[scope] = derived
    }
    return key
  }
}
