import Synchronization
import Testing

@testable import Functions

@Suite(.timeLimit(.minutes(5))) struct InvocationGateTests {
  @Test(arguments: [1, 2, 7]) func neverMoreThanTheLimitPassAtOnce(limit: Int) async {
    let gate = InvocationGate(limit: limit)
    let inside = Crowd()
    await withTaskGroup { group in
      for _ in 0..<200 {
        group.addTask {
          await gate.pass {
            inside.enter()
            for _ in 0..<5 { await Task.yield() }
            inside.leave()
          }
        }
      }
    }
    #expect(inside.count.most <= limit)
    #expect(inside.count.all == 200)
    #expect(inside.count.now == 0)
  }

  @Test func firstComeFirstServed() async {
    let (turns, gate) = (Turns(), InvocationGate(limit: 1))
    let order = Mutex<[Int]>([])
    let (open, opening) = AsyncStream<Void>.makeStream()
    let tasks = (0..<20).map { number in
      turns.start {
        await gate.pass {
          if number == 0 { for await _ in open { break } }
          order.withLock { $0.append(number) }
        }
      }
    }
    await turns.settle()
    #expect(order.withLock { $0 } == [])
    opening.yield()
    for task in tasks { await task.value }
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test func limitIsAtLeastOne() async {
    #expect(await InvocationGate(limit: 0).pass { 5 } == 5)
  }
}

/// Counts who is inside, at most was, and has been.
private final class Crowd: Sendable {
  private let state = Mutex((now: 0, most: 0, all: 0))

  var count: (now: Int, most: Int, all: Int) { state.withLock { $0 } }

  func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all) } }

  func leave() { state.withLock { $0 = ($0.now - 1, $0.most, $0.all + 1) } }
}
