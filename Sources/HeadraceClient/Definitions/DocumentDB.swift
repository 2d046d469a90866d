import LambdaWire

extension EventSourceDefinition {
  /// The changes of a DocumentDB database or of one of its collections. The CDK has no class of it; the parameters are
  /// Lambda's own (https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html).
  ///
  /// - Parameter fullDocument: whether updates come with the whole document.
  public static func documentDB(
    clusterARN: String, database: String, collection: String? = nil, secretARN: String,
    startingPosition: StartingPosition, fullDocument: Bool? = nil, batchSize: Int? = nil,
    maxBatchingWindow: Duration? = nil, filters: [String]? = nil, filterEncryptionKey: String? = nil,
    enabled: Bool? = nil
  ) -> EventSourceDefinition {
    var draft = ParameterDraft()
    draft.start(startingPosition)
    draft.batch(size: batchSize, of: 1...10_000, window: maxBatchingWindow)
    draft.parameters.documentDBEventSourceConfig = DocumentDBEventSourceConfig(
      databaseName: database, collectionName: collection,
      fullDocument: fullDocument.map { $0 ? "UpdateLookup" : "Default" })
    draft.parameters.sourceAccessConfigurations = [.init(type: "BASIC_AUTH", uri: secretARN)]
    draft.common(filters: filters, filterEncryptionKey: filterEncryptionKey)
    return EventSourceDefinition({ _ in clusterARN }, draft, enabled: enabled)
  }
}
