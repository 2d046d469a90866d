import AWSClient
import LambdaWire
import Mappings

/// A bucket that is told of the mapping's queue, or posts to where whoever runs it has said.
struct BucketSource: PushSource {
  let arn: ARN
  let route: PushRoute
  private let client: S3Client
  private let scope: Scope
  private let locks: BucketLocks
  /// The `Id` of the mapping's configuration among those of the bucket.
  private let configurationID: String

  init(_ bucket: ARN, of mapping: EventSourceMapping, _ world: SourceWorld) {
    arn = bucket
    route = world.push.s3Route.route
    scope = mapping.scope
    client = S3Client(world.client, region: scope.region, account: scope.account)
    locks = world.pushed.buckets
    configurationID = InstalledQueue.name(of: mapping.id)
  }

  func selection(_ parameters: MappingParameters) -> S3Selection? { S3Selection(parameters.s3EventSourceConfig) }

  func payloads(
    in body: [UInt8], _ selection: S3Selection, _ installation: SourceInstallation
  ) throws(IntakeError) -> [[UInt8]] {
    let defaults = S3EventDefaults(region: scope.region, configurationID: configurationID, time: .now())
    do throws(S3EventError) {
      return try S3Event.events(in: body)
        .filter { $0.bucket == arn.resource && selection.admits(eventName: $0.eventName, key: $0.key) }
        .map { $0.payload(filling: defaults) }
    } catch { throw IntakeError(description: "\(error)") }
  }

  func install(
    _ selection: S3Selection, _ installation: SourceInstallation, queueARN: String?,
    keep: (SourceInstallation) async throws(PushError) -> Void
  ) async throws(PushError) {
    guard let queueARN else { return try await keep(installation) }
    let wanted = BucketNotification(
      id: configurationID, queueARN: queueARN, events: Set(selection.eventTypes), prefix: selection.prefix,
      suffix: selection.suffix)
    try await locks.withLock(on: arn.resource) { () async throws(PushError) in
      var notifications = try await notifications()
      // Each time a configuration is put S3 sends a test event to all that are in it.
      guard notifications.configuration(configurationID) != wanted else { return }
      try await editing { () throws(XMLError) in try notifications.set(wanted) }
      try await put(notifications)
    }
    try await keep(installation)
  }

  func uninstall(_ installation: SourceInstallation) async throws(PushError) {
    guard installation.route == PushRoute.sqs.rawValue else { return }
    try await locks.withLock(on: arn.resource) { () async throws(PushError) in
      do throws(PushError) {
        var notifications = try await notifications()
        guard try await editing({ () throws(XMLError) in try notifications.remove(configurationID) }) else { return }
        try await put(notifications)
      } catch {
        guard error.isMissingBucket else { throw error }
      }
    }
  }

  // MARK: The bucket's configuration

  private func notifications() async throws(PushError) -> BucketNotifications {
    let answer = try await calling("GetBucketNotificationConfiguration", of: "S3") { () async throws(AWSError) in
      try await client.notificationConfiguration(bucket: arn.resource)
    }
    return try await editing { () throws(XMLError) in try BucketNotifications(answer) }
  }

  private func put(_ notifications: BucketNotifications) async throws(PushError) {
    try await calling("PutBucketNotificationConfiguration", of: "S3") { () async throws(AWSError) in
      try await client.putNotificationConfiguration(bucket: arn.resource, xml: notifications.document)
    }
  }

  private func editing<Result>(_ body: () throws(XMLError) -> Result) async throws(PushError) -> Result {
    do throws(XMLError) { return try body() } catch {
      throw .answer("GetBucketNotificationConfiguration", "The bucket's configuration cannot be read: \(error)")
    }
  }
}

extension PushError {
  fileprivate var isMissingBucket: Bool {
    guard case .call(_, "S3", .service(let error)) = self else { return false }
    return error.code == "NoSuchBucket"
  }
}

extension SourceReader {
  /// Of buckets.
  static let s3 = SourceReader(
    services: { world in world.push.s3Route == .sqs ? [.s3, .sqs] : [] },
    carriesChanges: true,
    inspect: { draft, _, world in
      // A bucket whose server posts may be where no API of S3 is known.
      guard world.push.s3Route == .sqs, let bucket = draft.source.arn, let function = ARN(draft.function.description)
      else { return .usable() }
      let client = S3Client(world.client, region: function.region, account: function.account)
      return await SourceInspection.looking("GetBucketNotificationConfiguration", of: "S3") {
        () async throws(AWSError) in
        _ = try await client.notificationConfiguration(bucket: bucket.resource)
      }
    },
    worker: { mapping, world in
      guard let bucket = mapping.sourceARN.flatMap(ARN.init) else { return nil }
      return PushWorker(mapping, BucketSource(bucket, of: mapping, world), world)
    })
}
