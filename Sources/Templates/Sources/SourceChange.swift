/// What changing a resource's properties means.
public enum SourceChange: Equatable, Sendable {
  /// Nothing that is looked at differs.
  case none
  /// The resource stays, with what is in it.
  case inPlace
  /// Another one takes its place, and what is in it is lost.
  case replacement
  /// It cannot be done; the sentence says why, and what can.
  case impossible(String)
}
