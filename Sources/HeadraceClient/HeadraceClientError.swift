/// Why a call of this library failed.
public enum HeadraceClientError: Error, Equatable, Sendable {
  /// A parameter is out of bounds; nothing was sent.
  case invalidParameter(String)
}
