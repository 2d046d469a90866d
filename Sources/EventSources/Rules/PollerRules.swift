import LambdaWire
import Mappings

extension ParameterRule {
  /// Documented bounds of provisioned mode for a source type; the texts are ours, of the model's form.
  static func pollers(minimum: ClosedRange<Int>, maximum: ClosedRange<Int>) -> ParameterRule {
    ParameterRule { draft in
      guard let pollers = draft.parameters.provisionedPollerConfig else { return nil }
      if let count = pollers.minimumPollers, !minimum.contains(count) {
        return "MinimumPollers must be between \(minimum.lowerBound) and \(minimum.upperBound)"
      }
      if let count = pollers.maximumPollers, !maximum.contains(count) {
        return "MaximumPollers must be between \(maximum.lowerBound) and \(maximum.upperBound)"
      }
      if let least = pollers.minimumPollers, let most = pollers.maximumPollers, least > most {
        return "MinimumPollers must be less than or equal to MaximumPollers"
      }
      return nil
    }
  }

  /// Documented metrics of a source type; the text is ours.
  static func metrics(among allowed: [String]) -> ParameterRule {
    ParameterRule { draft in
      let unknown = (draft.parameters.metricsConfig?.metrics ?? []).first { !allowed.contains($0) }
      return unknown.map { "Unsupported metric '\($0)' for given event source mapping type." }
    }
  }
}
