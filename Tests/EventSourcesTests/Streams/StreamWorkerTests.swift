import Delivery
import Mappings
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct StreamWorkerTests {
  @Test func recordsAreDeliveredInOrderAndTheirCheckpointIsKept() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":2}"#)
    harness.stream.put(1...3)
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "s from the beginning")
      #expect(await harness.nextEvent() == "1 2")
      harness.succeed()
      #expect(await harness.nextEvent() == "3")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 3")
    }
    let deliveries = [await harness.noted.deliveries.next(), await harness.noted.deliveries.next()]
    #expect(deliveries.map { $0?.batchSize } == [2, 1])
    #expect(deliveries.map { $0?.attempt } == [1, 1])
    #expect(deliveries.map { $0?.outcome } == [.success, .success])
    #expect(deliveries[0]?.sourceARN == StreamSources.kinesisARN)
    #expect(deliveries[0]?.event.bytes == Array(#"{"Records":[{"n":1},{"n":2}]}"#.utf8))
  }

  /// Recorded of streams.
  @Test func lastProcessingResultTellsOfTheFirstSuccess() async throws {
    let harness = try StreamWorkerHarness()
    try await harness.work { _ in
      #expect(await harness.store.results.next() == "No records processed")
      harness.stream.put(1...1)
      harness.succeed()
      #expect(await harness.store.results.next() == "OK")
    }
  }

  @Test func shardGoesOnBehindItsCheckpoint() async throws {
    let harness = try StreamWorkerHarness()
    harness.checkpoints.put(ShardCheckpoint(shard: "s", lanes: [SequenceNumber("2")]), of: harness.mapping.id)
    harness.stream.put(1...3)
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() == "s from after 2")
      #expect(await harness.nextEvent() == "3")
      harness.succeed()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes == [SequenceNumber("3")])
  }

  @Test(arguments: [
    (#"{"StartingPosition":"TRIM_HORIZON"}"#, "the beginning"), (#"{"StartingPosition":"LATEST"}"#, "iterator i"),
    (#"{"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1700000000.5}"#, "iterator i"),
  ]) func iteratorThatWasTakenBeforeIsForWhatBeginsAtATime(parameters: String, start: String) async throws {
    let harness = try StreamWorkerHarness(parameters)
    harness.checkpoints.put(ShardCheckpoint(shard: "s", iterator: "i"), of: harness.mapping.id)
    try await harness.work { _ in #expect(await harness.stream.readers.next() == "s from \(start)") }
  }

  @Test(arguments: [
    (#"{"StartingPosition":"TRIM_HORIZON"}"#, "the beginning"), (#"{"StartingPosition":"LATEST"}"#, "1790000000000"),
    (#"{"StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1700000000.5}"#, "1700000000500"),
  ]) func shardOfWhichNothingIsKnownIsReadFromTheStartingPosition(parameters: String, start: String) async throws {
    let harness = try StreamWorkerHarness(parameters)
    try await harness.work { _ in #expect(await harness.stream.readers.next() == "s from \(start)") }
  }

  @Test func whatNoFilterLetsThroughIsSkipped() async throws {
    let pattern = #"{\"n\":[{\"numeric\":[\">\",2]}]}"#
    let harness = try StreamWorkerHarness(#"{"FilterCriteria":{"Filters":[{"Pattern":"\#(pattern)"}]}}"#)
    harness.stream.put(1...4)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "3 4")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 4")
      harness.stream.put(1...2, into: "other")
      harness.stream.put([5])
      #expect(await harness.nextEvent() == "5")
      harness.succeed()
    }
  }

  @Test func lanesRunAtOnce() async throws {
    let harness = try StreamWorkerHarness(#"{"ParallelizationFactor":2}"#)
    harness.stream.put([1, 3], key: 0)
    harness.stream.put([2, 4], key: 1)
    try await harness.work { _ in
      let events = [await harness.nextEvent(), await harness.nextEvent()].compactMap(\.self)
      #expect(Set(events) == ["1 3", "2 4"])
      harness.succeed()
      harness.succeed()
      await harness.wait(forCheckpoint: "s 4 4")
    }
  }

  @Test func batchingWindowGathersRecords() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":3,"MaximumBatchingWindowInSeconds":300}"#)
    harness.stream.put([1])
    try await harness.work { _ in
      #expect(await harness.stream.readers.next() != nil)
      harness.stream.put([2])
      harness.stream.put([3, 4])
      #expect(await harness.nextEvent() == "1 2 3")
      harness.succeed()
    }
  }

  // MARK: Wishes

  @Test func updateFinishesWhatIsInFlightAndGoesOnByTheNewPlan() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...3)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      worker.apply(harness.changed(#"{"BatchSize":10}"#))
      #expect(await harness.functions.events.next() == "withdraw")
      harness.succeed()
      #expect(await harness.nextEvent() == "2 3")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 3")
    }
    let readers = [await harness.stream.readers.next(), await harness.stream.readers.next()]
    #expect(readers == ["s from the beginning", "s from after 1"])
  }

  @Test func updateThatChangesNothingIsNotNoticed() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...2)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      worker.apply(harness.changed())
      harness.succeed()
      #expect(await harness.functions.events.next() == #"{"Records":[{"n":2}]}"#)
      harness.succeed()
    }
  }

  @Test func updateEndsThePauseOfABatchThatFails() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...1)
    try await harness.work { worker in
      for _ in 0..<2 {
        #expect(await harness.nextEvent() == "1")
        harness.fail()
      }
      await harness.wait(forResult: "PROBLEM: Function call failed")
      worker.apply(harness.changed(#"{"BatchSize":2}"#))
      // On a busy machine the pause may have ended before the update came.
      while let event = await harness.functions.events.next(), event != "withdraw" { harness.fail() }
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forResult: "OK")
    }
    // The counter has started anew.
    var attempts: [Int] = []
    while let delivery = await harness.noted.deliveries.next() { attempts.append(delivery.attempt) }
    #expect(attempts == Array(1..<attempts.count) + [1])
  }

  @Test func disabledMappingFinishesWhatIsInFlightAndGoesOnWhenEnabled() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...2)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      worker.apply(harness.changed(state: .disabled))
      #expect(await harness.functions.events.next() == "withdraw")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 1")
      worker.apply(harness.changed())
      #expect(await harness.functions.events.next() == "withdraw")
      #expect(await harness.functions.events.next() == #"{"Records":[{"n":2}]}"#)
      harness.succeed()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes == [SequenceNumber("2")])
  }

  @Test func stopFinishesWhatIsInFlightAndKeepsIt() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...2)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      worker.stop()
      #expect(await harness.functions.events.next() == "withdraw")
      harness.succeed()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes == [SequenceNumber("1")])
  }

  @Test func invocationThatIsTakenBackChangesNothing() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.put(1...2)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1 2")
      worker.end()
      harness.answer(.withdrawn)
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes ?? [nil] == [nil])
    #expect(await harness.noted.deliveries.next() == nil)
  }

  // MARK: Tumbling windows

  @Test func windowOfAShardThatEndsHasAFinalInvocation() async throws {
    let harness = try StreamWorkerHarness(#"{"TumblingWindowInSeconds":900}"#)
    harness.stream.put(.make(1, arrival: 1_790_000_000_000))
    harness.stream.end()
    try await harness.work { _ in
      let window = #","window":{"start":"2026-09-21T14:00:00Z","end":"2026-09-21T14:15:00Z"},"state":"#
      let tail = #","shardId":"s","eventSourceARN":"\#(StreamSources.kinesisARN)","isFinalInvokeForWindow":"#
      #expect(
        await harness.functions.events.next()
          == #"{"Records":[{"n":1}]\#(window){}\#(tail)false,"isWindowTerminatedEarly":false}"#)
      harness.answer(.answered(Array(#"{"state":{"sum":1}}"#.utf8)))
      #expect(
        await harness.functions.events.next()
          == #"{"Records":[]\#(window){"sum":1}\#(tail)true,"isWindowTerminatedEarly":false}"#)
      harness.succeed()
      await harness.wait(forCheckpoint: "s 1 finished")
    }
  }
}
