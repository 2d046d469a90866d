import LambdaWire
import Mappings

extension EventSourceType {
  /// DocumentDB clusters (`arn:aws:rds:REGION:ACCOUNT:cluster:NAME`).
  ///
  /// Its answers were not recorded; they hold what was given and the documented defaults.
  static let documentDB = EventSourceType(
    kind: .documentDB,
    recognizes: { $0.arn.map { $0.service == "rds" && $0.resource.hasPrefix("cluster:") } ?? false },
    parameters: [
      .startingPosition, .startingPositionTimestamp, .batchSize, .maximumBatchingWindowInSeconds, .filterCriteria,
      .kmsKeyArn, .metricsConfig, .sourceAccessConfigurations, .documentDBEventSourceConfig,
    ],
    defaults: { _ in
      var parameters = MappingParameters()
      parameters.batchSize = 100
      return parameters
    },
    rules: [
      .startingPositionIsRequired, .startingTimestamp,
      .isRequired(.documentDBEventSourceConfig) { $0.documentDBEventSourceConfig.map { _ in ["given"] } },
      .databaseIsNamed, .sourceAccessIsRequired, .sourceAccess(among: ["BASIC_AUTH"]), .oneBasicAuth,
      .metrics(among: ["EventCount"]),
    ],
    initialProcessingResult: "No records processed",
    stateReason: "USER_INITIATED",
    claims: { source, parameters in
      let config = parameters.documentDBEventSourceConfig
      return ["\(source.arn?.description ?? "") \(config?.databaseName ?? "") \(config?.collectionName ?? "")"]
    },
    conflict: conflictOfARN)
}

extension ParameterRule {
  /// Documented; the text has the recorded form of `sourceAccessConfigurations`.
  fileprivate static let databaseIsNamed = ParameterRule { draft in
    let isMissing = draft.parameters.documentDBEventSourceConfig?.databaseName == nil
    return isMissing ? "Required 'documentDBEventSourceConfig.databaseName' parameter is missing." : nil
  }
}
