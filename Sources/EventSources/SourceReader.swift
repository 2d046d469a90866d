import AWSClient
import Delivery
import Mappings

/// How sources of one kind are read: a value beside their parameters and rules.
struct SourceReader: Sendable {
  /// Whose APIs are called.
  var services: @Sendable (SourceWorld) -> [AWSService]
  /// Whether changes of a mapping are carried to its source, and waited for.
  var carriesChanges = false
  /// Looks at a source before a mapping is made of it.
  var inspect: @Sendable (_ draft: MappingDraft, _ functionTimeoutSeconds: Int?, SourceWorld) async -> SourceInspection
  /// What keeps a source and a function together; nil where the stored mapping is damaged.
  var worker: @Sendable (EventSourceMapping, SourceWorld) -> (any MappingWorker)?
}
