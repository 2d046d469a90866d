import AWSClient
import Delivery
import Mappings
import Testing

@testable import EventSources

/// Disks, destinations, functions and sources that fail, and come back.
@Suite(.timeLimit(.minutes(5))) struct StreamWorkerTroubleTests {
  private static let givingUp = #"""
    {"BatchSize":1,"MaximumRetryAttempts":0,"DestinationConfig":{"OnFailure":{"Destination":\#
    "\#(StreamWorkerHarness.queue)"}}}
    """#
  private static let destinationProblem = """
    PROBLEM: Error occurred while sending to the OnFailure destination \(StreamWorkerHarness.queue). \
    AccessDenied (status 403): no
    """

  @Test func batchWaitsUntilTheProgressOfTheOneBeforeIsOnDisk() async throws {
    let harness = try StreamWorkerHarness(#"{"BatchSize":1}"#)
    harness.stream.put(1...2)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.checkpoints.fail(true)
      harness.succeed()
      for _ in 0..<2 { await harness.log.wait(for: "cannot save a checkpoint") }
      #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes ?? [nil] == [nil])
      harness.checkpoints.fail(false)
      await harness.wait(forCheckpoint: "s 1")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
    }
  }

  @Test func stopDoesNotWaitForADiskThatFails() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.put(1...1)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      harness.checkpoints.fail(true)
      harness.succeed()
      await harness.log.wait(for: "cannot save a checkpoint")
      worker.stop()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes ?? [nil] == [nil])
  }

  // MARK: Destinations

  @Test func recordsThatAreGivenUpAreToldAndTheShardGoesOn() async throws {
    let harness = try StreamWorkerHarness(Self.givingUp)
    harness.stream.put(1...2)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.fail()
      let message = try #require(await harness.destination.messages.next())
      #expect(message.contains(#""condition":"RetryAttemptsExhausted","approximateInvokeCount":1}"#))
      #expect(
        message.contains(#""KinesisBatchInfo":{"shardId":"s","startSequenceNumber":"1","endSequenceNumber":"1","#))
      await harness.log.wait(for: "records given up")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 2")
    }
  }

  @Test func destinationThatFailsIsToldUntilItHasTakenTheRecord() async throws {
    let harness = try StreamWorkerHarness(Self.givingUp)
    harness.stream.put(1...2)
    harness.destination.refuse(true)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.fail()
      for _ in 0..<2 { #expect(await harness.destination.refusals.next() != nil) }
      await harness.wait(forResult: Self.destinationProblem)
      #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes ?? [nil] == [nil])
      harness.destination.refuse(false)
      let message = try #require(await harness.destination.messages.next())
      #expect(message.contains(#""startSequenceNumber":"1""#))
      await harness.wait(forCheckpoint: "s 1")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
      await harness.wait(forResult: "OK")
    }
    harness.destination.messages.close()
    #expect(await harness.destination.messages.next() == nil)
  }

  @Test func stopWhileTheDestinationIsDownKeepsTheRecord() async throws {
    let harness = try StreamWorkerHarness(Self.givingUp)
    harness.stream.put(1...2)
    harness.destination.refuse(true)
    try await harness.work { worker in
      #expect(await harness.nextEvent() == "1")
      harness.fail()
      #expect(await harness.destination.refusals.next() != nil)
      worker.stop()
    }
    #expect(harness.checkpoints.checkpoint("s", of: harness.mapping.id)?.lanes ?? [nil] == [nil])
    // The next process tries it again.
    harness.destination.refuse(false)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forCheckpoint: "s 1")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
    }
  }

  @Test func withoutADestinationTheRecordsAreDroppedAndTheLogSaysSo() async throws {
    let harness = try StreamWorkerHarness(#"{"MaximumRetryAttempts":0}"#)
    harness.stream.put(1...2)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1 2")
      harness.fail()
      await harness.log.wait(for: "records given up")
      await harness.wait(forCheckpoint: "s 2")
    }
  }

  // MARK: Functions and sources

  @Test func functionThatFailsIsToldUntilASuccess() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.put(1...1)
    try await harness.work { _ in
      #expect(await harness.nextEvent() == "1")
      harness.fail()
      await harness.wait(forResult: "PROBLEM: Function call failed")
      harness.answer(.throttled("status 429"))
      await harness.wait(forResult: "PROBLEM: Function call failed. status 429")
      harness.succeed()
      await harness.wait(forResult: "OK")
    }
    var attempts: [Int] = []
    while let delivery = await harness.noted.deliveries.next() { attempts.append(delivery.attempt) }
    #expect(attempts == [1, 2, 2])
  }

  @Test func eventThatIsTooLargeIsHalvedBeforeAnyFunctionSeesIt() async throws {
    let harness = try StreamWorkerHarness(#"{"MaximumRetryAttempts":0}"#)
    harness.stream.put(.make(1, text: #"{"n":1,"x":"\#(String(repeating: "x", count: 7 << 20))"}"#))
    harness.stream.put([2])
    try await harness.work { _ in
      await harness.log.wait(for: "records given up")
      #expect(await harness.nextEvent() == "2")
      harness.succeed()
    }
    #expect(await harness.noted.deliveries.next()?.outcome == .tooLarge)
  }

  @Test func sourceThatFailsIsToldAndReadAgainWhenItIsBack() async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.fail(.read, ScriptedStream.refused)
    try await harness.work { _ in
      await harness.wait(
        forResult: "PROBLEM: Error occurred while reading the stream. http://kinesis.test:1: connection refused")
      harness.stream.fail(.read, nil)
      harness.stream.put(1...1)
      await harness.wait(forResult: "No records processed")
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forResult: "OK")
    }
  }

  @Test(arguments: [
    (ScriptedStream.missing, "PROBLEM: Stream not found: \(StreamSources.kinesisARN)"),
    (
      ScriptedStream.refused,
      "PROBLEM: Error occurred while reading the stream. http://kinesis.test:1: connection refused"
    ),
  ]) func streamThatCannotBeListedIsToldAndReadWhenItIsThere(error: AWSError, problem: String) async throws {
    let harness = try StreamWorkerHarness()
    harness.stream.fail(.list, error)
    harness.stream.put(1...1)
    try await harness.work { _ in
      await harness.wait(forResult: problem)
      harness.stream.fail(.list, nil)
      #expect(await harness.nextEvent() == "1")
      harness.succeed()
      await harness.wait(forResult: "OK")
    }
  }
}
