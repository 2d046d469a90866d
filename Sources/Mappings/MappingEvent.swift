/// What happened to mappings, told after it is on disk.
public enum MappingEvent: Equatable, Sendable {
  /// One was made, changed or settled, or goes: as it is now, or was before it went.
  case changed(EventSourceMapping)
  /// All of them are gone.
  case allForgotten
}
