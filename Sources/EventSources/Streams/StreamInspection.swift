import AWSClient
import Delivery
import LambdaWire
import Mappings

/// Looks at a stream before a mapping is made of it.
struct StreamInspection {
  /// More shards than these are not asked for their ends one by one; the mapping's time of creation does for all.
  private static let maximumShards = 100
  /// Requests under way at once.
  private static let parallelCalls = 8

  let source: any StreamSource
  var patience = SourceInspection.patience

  /// Looks, for as long as patience lasts.
  func look(startingPosition: String?) async -> SourceInspection {
    await .patiently(for: patience) { await self.findings(startingPosition) }
  }

  /// `LATEST` is what comes after the mapping was made. So its iterators are taken now, and kept with the mapping: what
  /// comes a moment after the answer is not missed, as it may be on AWS, and a restart does not change what it means.
  private func findings(_ startingPosition: String?) async -> SourceInspection {
    do throws(AWSError) {
      try await source.check()
    } catch {
      // Recorded: test_esm_with_not_existing_kinesis_stream, and the same for DynamoDB.
      if error.isMissingResource { return .refused("Stream not found: \(source.arn)") }
      // An endpoint that is not there now may be there when the mapping is read; the mapping tells then.
      return .usable()
    }
    guard startingPosition == "LATEST" else { return .usable() }
    return .usable(await ends())
  }

  private func ends() async -> [ShardCheckpoint] {
    guard let shards = try? await source.shards(), shards.count <= Self.maximumShards else { return [] }
    return await withTaskGroup(of: ShardCheckpoint?.self) { group in
      var checkpoints: [ShardCheckpoint] = []
      for (index, shard) in shards.enumerated() {
        if index >= Self.parallelCalls, let checkpoint = await group.next() ?? nil { checkpoints.append(checkpoint) }
        group.addTask {
          guard let iterator = try? await source.latestIterator(of: shard.id) else { return nil }
          return ShardCheckpoint(shard: shard.id, iterator: iterator)
        }
      }
      for await case let checkpoint? in group { checkpoints.append(checkpoint) }
      return checkpoints
    }
  }
}

extension SourceReader {
  /// Of streams, whatever their kind.
  static func stream(
    _ service: AWSService, _ source: @escaping @Sendable (ARN, SourceWorld, _ shard: Int) -> any StreamSource
  ) -> SourceReader {
    SourceReader(
      services: { _ in [service] },
      inspect: { draft, _, world in
        guard let arn = draft.source.arn else { return .usable() }
        return await StreamInspection(source: source(arn, world, 0))
          .look(startingPosition: draft.parameters.startingPosition)
      },
      worker: { mapping, world in StreamWorker(mapping, world, source) })
  }
}
