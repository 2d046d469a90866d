import Delivery
import Mappings
import Synchronization
import Testing

@testable import EventSources

@Suite(.timeLimit(.minutes(5))) struct BucketLocksTests {
  /// Counts who is inside of each bucket, and at most was.
  private final class Crowd: Sendable {
    private let state = Mutex<[String: (now: Int, most: Int, all: Int)]>([:])

    func enter(_ bucket: String) {
      state.withLock { state in
        let count = state[bucket] ?? (0, 0, 0)
        state[bucket] = (count.now + 1, max(count.most, count.now + 1), count.all + 1)
      }
    }

    func leave(_ bucket: String) { state.withLock { $0[bucket]?.now -= 1 } }

    func count(_ bucket: String) -> (now: Int, most: Int, all: Int)? { state.withLock { $0[bucket] } }
  }

  @Test func oneAtATimeOfEachBucket() async throws {
    let (locks, crowd) = (BucketLocks(), Crowd())
    try await withThrowingTaskGroup { group in
      for number in 0..<150 {
        group.addTask {
          let bucket = "b\(number % 3)"
          try await locks.withLock(on: bucket) { () async throws(PushError) in
            crowd.enter(bucket)
            for _ in 0..<5 { await Task.yield() }
            crowd.leave(bucket)
          }
        }
      }
      try await group.waitForAll()
    }
    for bucket in ["b0", "b1", "b2"] { #expect(crowd.count(bucket).map { [$0.now, $0.most, $0.all] } == [0, 1, 50]) }
  }

  @Test func otherBucketsAreNotWaitedFor() async throws {
    let locks = BucketLocks()
    let inside = try await locks.withLock(on: "a") { () async throws(PushError) in
      try await locks.withLock(on: "b") { () async throws(PushError) in 5 }
    }
    #expect(inside == 5)
  }

  @Test func whoeverFailsLetsTheNextIn() async throws {
    let locks = BucketLocks()
    let (entered, mayFail) = (Mailbox<Void>(), Mailbox<Void>())
    let failing = Task {
      try await locks.withLock(on: "b") { () async throws(PushError) in
        entered.send(())
        _ = await mayFail.next()
        throw PushError.answer("x", "y")
      }
    }
    _ = await entered.next()
    async let second = locks.withLock(on: "b") { () async throws(PushError) in 2 }
    async let third = locks.withLock(on: "b") { () async throws(PushError) in 3 }
    mayFail.send(())
    await #expect(throws: PushError.self) { try await failing.value }
    #expect(try await second + third == 5)
    #expect(try await locks.withLock(on: "b") { () async throws(PushError) in 4 } == 4)
  }
}
