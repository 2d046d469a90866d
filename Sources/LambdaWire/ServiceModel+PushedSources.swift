/// The constraints of the parameters that Lambda's model does not have: those of the services whose shapes they are.
extension ModelViolations {
  /// The service model of S3 (botocore 1.43): `Event`, `FilterRuleName`; a key has 1,024 bytes at most.
  mutating func note(_ s3: S3EventSourceConfig?) {
    let path = Parameter.s3EventSourceConfig.path
    check(each: s3?.events, at: "\(path).events", among: S3EventSourceConfig.eventTypes)
    for (index, rule) in (s3?.filter?.key?.filterRules ?? []).enumerated() {
      let path = "\(path).filter.key.filterRules.\(index + 1).member"
      require(rule.name, at: "\(path).name")
      check(rule.name?.lowercased(), at: "\(path).name", among: ["prefix", "suffix"])
      require(rule.value, at: "\(path).value")
      check(rule.value, at: "\(path).value", length: 0...1024)
    }
  }

  /// SNS documents 256 KB for a policy.
  mutating func note(_ sns: SNSEventSourceConfig?) {
    let path = Parameter.snsEventSourceConfig.path
    check(sns?.filterPolicy, at: "\(path).filterPolicy", length: 0...262_144)
    check(sns?.filterPolicyScope, at: "\(path).filterPolicyScope", among: ["MessageAttributes", "MessageBody"])
    check(sns?.deadLetterQueueArn, at: "\(path).deadLetterQueueArn", length: 0...350, .deadLetterQueue)
  }
}

extension S3EventSourceConfig {
  /// All event types, in the order of S3's model.
  public static let eventTypes = [
    "s3:ReducedRedundancyLostObject", "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated", "s3:ObjectRestore:*", "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed", "s3:Replication:*", "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationNotTracked", "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold", "s3:ObjectRestore:Delete", "s3:LifecycleTransition",
    "s3:IntelligentTiering", "s3:ObjectAcl:Put", "s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated", "s3:ObjectTagging:*", "s3:ObjectTagging:Put",
    "s3:ObjectTagging:Delete",
  ]
}
