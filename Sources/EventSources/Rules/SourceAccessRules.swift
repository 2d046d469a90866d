import LambdaWire
import Mappings

extension ParameterRule {
  /// Documented: which kinds of access a source type takes, and that each names its URI. The texts are ours.
  static func sourceAccess(among types: [String]) -> ParameterRule {
    ParameterRule { draft in
      for configuration in draft.parameters.sourceAccessConfigurations ?? [] {
        guard let type = configuration.type, types.contains(type) else {
          let type = configuration.type ?? "null"
          return "Unsupported SourceAccessConfiguration type '\(type)' for given event source mapping type."
        }
        guard configuration.uri != nil else { return "SourceAccessConfiguration '\(type)' needs a URI." }
      }
      return nil
    }
  }

  /// Recorded for self-managed Kafka; taken for every type that needs access configurations.
  static let sourceAccessIsRequired = ParameterRule { draft in
    let isMissing = draft.parameters.sourceAccessConfigurations?.isEmpty ?? true
    return isMissing ? "Required 'sourceAccessConfigurations' parameter is missing." : nil
  }

  /// Documented: one user and password. The text is ours.
  static let oneBasicAuth = ParameterRule { draft in
    let count = (draft.parameters.sourceAccessConfigurations ?? []).count { $0.type == "BASIC_AUTH" }
    return count == 1 ? nil : "SourceAccessConfigurations must hold exactly one BASIC_AUTH."
  }

  /// A list that the type cannot do without; the text has the recorded form of `sourceAccessConfigurations`.
  static func isRequired(
    _ parameter: Parameter, _ value: @escaping @Sendable (MappingParameters) -> [String]?
  ) -> ParameterRule {
    ParameterRule { draft in
      let isMissing = value(draft.parameters)?.isEmpty ?? true
      return isMissing ? "Required '\(parameter.path)' parameter is missing." : nil
    }
  }
}
