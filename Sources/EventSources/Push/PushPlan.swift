import LambdaWire
import Mappings

/// What a mapping wishes for at one time, in the form in which its worker needs it.
struct PushPlan<Selection: Sendable>: Sendable {
  let revision: Int64
  let function: FunctionARN
  let isEnabled: Bool
  let selection: Selection
  let destinations: AsynchronousEvent.Destinations

  /// Nil where the stored parameters cannot be read.
  init?(_ mapping: EventSourceMapping, source: some PushSource<Selection>) {
    guard let parameters = try? mapping.parameters.decoded(), let selection = source.selection(parameters) else {
      return nil
    }
    revision = mapping.revision
    function = mapping.function
    isEnabled = mapping.isToBeRead
    self.selection = selection
    destinations = .init(
      deadLetterQueue: source.deadLetterQueue(parameters).nonEmpty,
      onFailure: parameters.destinationConfig?.onFailure?.destination.nonEmpty)
  }
}

extension String? {
  /// Nil for an empty text.
  fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
