/// Whoever can look at a source before a mapping is made of it.
public protocol SourceInspector: Sendable {
  /// - Returns: why a mapping cannot be made, in AWS's words; nil where it can be, or where nobody can tell.
  func objection(to draft: MappingDraft, kind: SourceKind, functionTimeoutSeconds: Int?) async -> String?
}

/// Looks at nothing: for sources that are kept and not read.
public struct NoSourceInspector: SourceInspector {
  /// The inspector.
  public init() {}

  public func objection(to draft: MappingDraft, kind: SourceKind, functionTimeoutSeconds: Int?) async -> String? { nil }
}
