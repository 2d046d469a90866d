import LambdaWire
import Mappings

extension EventSourceType {
  /// ActiveMQ and RabbitMQ brokers (`arn:aws:mq:REGION:ACCOUNT:broker:NAME:b-UUID`); the ARN does not tell which.
  ///
  /// Answers as in the developer guide's example; `conflictOfARN` is an assumption.
  static let amazonMQ = EventSourceType(
    kind: .amazonMQ,
    recognizes: { $0.arn.map { $0.service == "mq" && $0.resource.hasPrefix("broker:") } ?? false },
    parameters: [
      .batchSize, .maximumBatchingWindowInSeconds, .filterCriteria, .kmsKeyArn, .metricsConfig, .queues,
      .sourceAccessConfigurations,
    ],
    defaults: { _ in
      var parameters = MappingParameters()
      parameters.batchSize = 100
      return parameters
    },
    rules: [
      .isRequired(.queues, \.queues), .sourceAccessIsRequired, .sourceAccess(among: ["BASIC_AUTH", "VIRTUAL_HOST"]),
      .oneBasicAuth, .metrics(among: ["EventCount"]),
    ],
    initialProcessingResult: "No records processed",
    stateReason: "USER_INITIATED",
    claims: { source, parameters in
      (parameters.queues ?? []).map { "\(source.arn?.description ?? "") \($0)" }
    },
    conflict: conflictOfARN)
}
