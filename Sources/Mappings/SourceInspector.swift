/// Whoever can look at a source before a mapping is made of it.
public protocol SourceInspector: Sendable {
  /// Looks at the source of a draft.
  func inspect(_ draft: MappingDraft, kind: SourceKind, functionTimeoutSeconds: Int?) async -> SourceInspection

  /// Waits until a change of a mapping has been carried to its source, where there is something to carry; for a moment
  /// at most. Whoever has the answer can rely on it: what is published then is not missed.
  func waitUntilApplied(_ mapping: EventSourceMapping) async

  /// Waits, after all mappings were forgotten, until nothing of them is left at their sources; for a moment at most.
  func waitUntilForgotten() async
}

extension SourceInspector {
  public func waitUntilApplied(_ mapping: EventSourceMapping) async {}
  public func waitUntilForgotten() async {}
}

/// What a look at a source came to.
public enum SourceInspection: Equatable, Sendable {
  /// No mapping can be made of it, in AWS's words.
  case refused(String)
  /// A mapping can be made, or nobody can tell.
  /// - Parameter checkpoints: where reading begins, where that is decided when the mapping is made.
  case usable([ShardCheckpoint] = [])
}

/// Looks at nothing: for sources that are kept and not read.
public struct NoSourceInspector: SourceInspector {
  /// The inspector.
  public init() {}

  public func inspect(
    _ draft: MappingDraft, kind: SourceKind, functionTimeoutSeconds: Int?
  ) async -> SourceInspection { .usable() }
}
