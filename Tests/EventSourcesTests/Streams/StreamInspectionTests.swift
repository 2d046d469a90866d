import AWSClient
import Delivery
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct StreamInspectionTests {
  private func look(_ stream: ScriptedStream, _ position: String? = "LATEST") async -> SourceInspection {
    await StreamInspection(source: stream, patience: .seconds(600)).look(startingPosition: position)
  }

  /// What is usable begins at these checkpoints, in the order of their shards.
  private func checkpoints(_ inspection: SourceInspection) -> [ShardCheckpoint]? {
    guard case .usable(let checkpoints) = inspection else { return nil }
    return checkpoints.sorted { $0.shard < $1.shard }
  }

  /// Recorded: test_esm_with_not_existing_kinesis_stream.
  @Test func streamThatIsMissingIsRefused() async throws {
    let stream = try ScriptedStream()
    stream.fail(.check, ScriptedStream.missing)
    for position in ["LATEST", "TRIM_HORIZON"] {
      #expect(await look(stream, position) == .refused("Stream not found: \(StreamSources.kinesisARN)"))
    }
  }

  @Test(arguments: [
    ScriptedStream.refused, .timeout(endpoint: "e", after: .seconds(1)), .configuration("no credentials"),
    .service(AWSServiceError(status: 400, code: "AccessDeniedException", message: "no")),
    .service(AWSServiceError(status: 500, code: "InternalFailure", message: "")),
  ]) func streamThatCannotBeLookedAtIsTakenAllTheSame(error: AWSError) async throws {
    let stream = try ScriptedStream()
    stream.fail(.check, error)
    #expect(await look(stream) == .usable([]))
  }

  @Test(arguments: ["TRIM_HORIZON", "AT_TIMESTAMP", nil]) func onlyLatestNeedsTheEnds(position: String?) async throws {
    let stream = try ScriptedStream()
    stream.keep("i", for: "s")
    #expect(await look(stream, position) == .usable([]))
  }

  @Test func latestTakesTheEndsOfAllShards() async throws {
    let stream = try ScriptedStream()
    stream.list(.init(id: "a"), .init(id: "b"), .init(id: "p", isClosed: true))
    for shard in ["a", "b", "p"] { stream.keep("end of \(shard)", for: shard) }
    #expect(
      checkpoints(await look(stream))
        == ["a", "b", "p"].map { ShardCheckpoint(shard: $0, iterator: "end of \($0)") })
  }

  /// The time of the mapping's creation takes its place.
  @Test func shardWithoutAnIteratorHasNoCheckpoint() async throws {
    let stream = try ScriptedStream()
    stream.list(.init(id: "a"), .init(id: "b"))
    stream.keep("i", for: "b")
    #expect(checkpoints(await look(stream)) == [ShardCheckpoint(shard: "b", iterator: "i")])
    stream.fail(.iterator, ScriptedStream.refused)
    #expect(await look(stream) == .usable([]))
    stream.fail(.list, ScriptedStream.refused)
    #expect(await look(stream) == .usable([]))
  }

  @Test(arguments: [(100, 100), (101, 0)]) func manyShardsAreNotAskedOneByOne(count: Int, expected: Int) async throws {
    let stream = try ScriptedStream()
    stream.list((0..<count).map { ShardLineage.Shard(id: "\($0)") })
    for shard in 0..<count { stream.keep("i", for: "\(shard)") }
    #expect(checkpoints(await look(stream))?.count == expected)
  }
}
