import LambdaWire
import Mappings

/// What may take the record of a batch that was given up.
enum DestinationKind: Hashable, Sendable {
  case sqs, sns, s3, kafkaTopic

  /// The kind of a destination, or nil where it is none that a mapping can have.
  init?(_ destination: String) {
    if destination.hasPrefix("kafka://") {
      self = .kafkaTopic
      return
    }
    switch ARN(destination)?.service {
    case "sqs": self = .sqs
    case "sns": self = .sns
    case "s3": self = .s3
    default: return nil
    }
  }
}

extension ParameterRule {
  /// Documented: which destinations a source type has, and that queues and topics are standard ones. The texts are
  /// ours.
  static func failureDestination(among kinds: Set<DestinationKind>) -> ParameterRule {
    ParameterRule { draft in
      guard let destination = draft.parameters.destinationConfig?.onFailure?.destination, !destination.isEmpty else {
        return nil
      }
      guard let kind = DestinationKind(destination), kinds.contains(kind) else {
        return "Unsupported OnFailure destination for given event source mapping type: \(destination)"
      }
      guard kind != .sqs && kind != .sns || !destination.hasSuffix(".fifo") else {
        return "FIFO queues and topics are not supported as OnFailure destination: \(destination)"
      }
      return nil
    }
  }
}
