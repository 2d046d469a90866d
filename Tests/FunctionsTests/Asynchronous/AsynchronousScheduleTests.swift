import Mappings
import TestSupport
import Testing

@testable import Functions

@Suite struct AsynchronousScheduleTests {
  private func event(_ sequence: Int64, due: Int64, of function: String = "f") -> WaitingEvent {
    WaitingEvent(sequence: sequence, function: .function(function), dueAt: Milliseconds(due))
  }

  private func schedule(_ concurrency: Int = 100, _ events: WaitingEvent...) -> AsynchronousSchedule {
    var schedule = AsynchronousSchedule(concurrency: concurrency)
    for event in events { schedule.add(event) }
    return schedule
  }

  private func take(_ schedule: inout AsynchronousSchedule, at now: Int64) -> [Int64] {
    schedule.takeDue(at: Milliseconds(now)).map(\.sequence)
  }

  @Test func emptyScheduleHasNothing() {
    var schedule = schedule()
    #expect(take(&schedule, at: .max) == [])
    #expect(schedule.nextDue == nil)
    #expect((schedule.count, schedule.running) == (0, 0))
  }

  @Test func earliestIsTakenFirstAndTheEarlierAcceptedOfTwo() {
    var schedule = schedule(100, event(4, due: 10), event(3, due: 30), event(2, due: 20), event(1, due: 20))
    #expect(take(&schedule, at: 30) == [4, 1, 2, 3])
    #expect((schedule.count, schedule.running) == (0, 4))
  }

  @Test func nothingIsTakenBeforeItIsDue() {
    var schedule = schedule(100, event(1, due: 10), event(2, due: 20))
    #expect(schedule.nextDue == Milliseconds(10))
    #expect(take(&schedule, at: 9) == [])
    #expect(take(&schedule, at: 10) == [1])
    #expect(schedule.nextDue == Milliseconds(20))
    #expect((schedule.count, schedule.running) == (1, 1))
  }

  @Test func eachFunctionHasItsOwnConcurrency() {
    var schedule = AsynchronousSchedule(concurrency: 2)
    for sequence in 1...5 {
      schedule.add(event(Int64(sequence), due: 0, of: "f"))
      schedule.add(event(Int64(10 + sequence), due: 0, of: "g"))
    }
    #expect(Set(take(&schedule, at: 0)) == [1, 2, 11, 12])
    #expect(take(&schedule, at: 0) == [])
    schedule.ended(.function("g"), at: Milliseconds(0))
    #expect(take(&schedule, at: 0) == [13])
    schedule.ended(.function("f"), at: Milliseconds(0))
    schedule.ended(.function("f"), at: Milliseconds(0))
    #expect(take(&schedule, at: 0) == [3, 4])
    #expect((schedule.count, schedule.running) == (3, 4))
  }

  @Test func versionsOfAFunctionAreFunctionsOfTheirOwn() {
    var schedule = schedule(1, event(1, due: 0, of: "f"), event(2, due: 0, of: "f:1"), event(3, due: 0, of: "f:1"))
    #expect(Set(take(&schedule, at: 0)) == [1, 2])
  }

  @Test func functionThatHasEnoughIsNotWaitedFor() {
    var schedule = schedule(1, event(1, due: 0), event(2, due: 5), event(3, due: 50, of: "g"))
    #expect(take(&schedule, at: 0) == [1])
    #expect(schedule.nextDue == Milliseconds(50))
    schedule.ended(.function("f"), at: Milliseconds(0))
    #expect(schedule.nextDue == Milliseconds(5))
  }

  @Test func functionThatWasNotThereIsAskedWithOneEventAfterARest() {
    var schedule = schedule(2, event(1, due: 0), event(2, due: 0), event(3, due: 0), event(4, due: 0, of: "g"))
    #expect(Set(take(&schedule, at: 0)) == [1, 2, 4])
    schedule.add(event(1, due: 1000))
    schedule.ended(.function("f"), wasThere: false, at: Milliseconds(10))
    // Asked at the same time: it tells nothing new.
    schedule.add(event(2, due: 1000))
    schedule.ended(.function("f"), wasThere: false, at: Milliseconds(20))
    #expect(schedule.nextDue == Milliseconds(1010))
    #expect(take(&schedule, at: 1009).isEmpty)
    #expect(take(&schedule, at: 1010) == [3])
    #expect(take(&schedule, at: 2000).isEmpty)
    schedule.ended(.function("f"), wasThere: true, at: Milliseconds(2000))
    #expect(Set(take(&schedule, at: 2000)) == [1, 2])
  }

  @Test func nothingWaitsAfterAllWasForgotten() {
    var schedule = schedule(1, event(1, due: 0), event(2, due: 0), event(3, due: 9, of: "g"))
    _ = take(&schedule, at: 0)
    schedule.removeWaiting()
    #expect((schedule.count, schedule.running, schedule.nextDue) == (0, 1, nil))
    schedule.ended(.function("f"), at: Milliseconds(1))
    schedule.add(event(4, due: 2))
    #expect(take(&schedule, at: 2) == [4])
  }

  @Test func endedLaneVanishesAndMayComeAgain() {
    var schedule = schedule(2, event(1, due: 0))
    #expect(take(&schedule, at: 0) == [1])
    // One more comes while the first is being tried.
    schedule.add(event(2, due: 7))
    schedule.ended(.function("f"), at: Milliseconds(0))
    #expect(schedule.nextDue == Milliseconds(7))
    #expect(take(&schedule, at: 7) == [2])
    schedule.ended(.function("f"), at: Milliseconds(0))
    #expect(schedule.nextDue == nil)
    #expect((schedule.count, schedule.running) == (0, 0))
    schedule.add(event(3, due: 8))
    #expect(take(&schedule, at: 8) == [3])
  }

  @Test(.timeLimit(.minutes(5))) func longBacklogIsWorkedOffWithoutBeingCopied() {
    let count: Int64 = 100_000
    var schedule = AsynchronousSchedule(concurrency: 100)
    let start = ContinuousClock.now
    for sequence in 0..<count { schedule.add(event(sequence, due: (sequence * 7919) % count)) }
    var (taken, last) = (0, Int64(-1))
    while schedule.count > 0 || schedule.running > 0 {
      let due = schedule.takeDue(at: Milliseconds(count))
      #expect(due.count == 100)
      for (sequence, function) in due {
        let place = (sequence * 7919) % count
        if place < last { Issue.record("\(sequence) is taken too late") }
        last = place
        schedule.ended(function, at: Milliseconds(0))
      }
      taken += due.count
    }
    #expect(taken == Int(count))
    // A second or so; a queue that is copied with each event would take minutes.
    #expect(start.duration(to: .now) < .seconds(20))
  }

  // MARK: Against an oracle

  /// A schedule as it is described: a list that is looked through from its beginning.
  private struct Oracle {
    var waiting: [WaitingEvent] = []
    var running: [FunctionARN: Int] = [:]
    let concurrency: Int

    func free(_ function: FunctionARN) -> Int { concurrency - running[function, default: 0] }

    mutating func takeDue(at now: Milliseconds) -> [FunctionARN: [Int64]] {
      var taken: [FunctionARN: [Int64]] = [:]
      for event in waiting.sorted(by: { ($0.dueAt, $0.sequence) < ($1.dueAt, $1.sequence) })
      where event.dueAt <= now && free(event.function) > 0 {
        running[event.function, default: 0] += 1
        taken[event.function, default: []].append(event.sequence)
        waiting.removeAll { $0.sequence == event.sequence }
      }
      return taken
    }

    var nextDue: Milliseconds? { waiting.filter { free($0.function) > 0 }.map(\.dueAt).min() }
  }

  @Test(.timeLimit(.minutes(5))) func randomWorldsAreAsDescribed() async {
    var random = SeededGenerator.announced(for: "worlds of asynchronous events")
    for world in 0..<300 {
      await giveWay(inRound: world)
      let concurrency = 1 + random.index(below: 4)
      let functions = 1 + random.index(below: 4)
      var schedule = AsynchronousSchedule(concurrency: concurrency)
      var oracle = Oracle(concurrency: concurrency)
      var (now, sequence) = (Milliseconds(0), Int64(0))
      for _ in 0..<150 {
        switch random.index(below: 5) {
        case 0, 1:
          sequence += 1
          let event = WaitingEvent(
            sequence: sequence, function: .function("f\(random.index(below: functions))"),
            dueAt: now + .milliseconds(Int64(random.index(below: 20)) - 5))
          schedule.add(event)
          oracle.waiting.append(event)
        case 2:
          now = now + .milliseconds(Int64(random.index(below: 8)))
        case 3:
          let taken = Dictionary(grouping: schedule.takeDue(at: now), by: \.function).mapValues { $0.map(\.sequence) }
          #expect(taken == oracle.takeDue(at: now))
        default:
          let busy = oracle.running.filter { $0.value > 0 }.keys.sorted { "\($0)" < "\($1)" }
          guard !busy.isEmpty else { continue }
          let function = random.element(of: busy)
          schedule.ended(function, at: Milliseconds(0))
          oracle.running[function, default: 0] -= 1
        }
        #expect(schedule.count == oracle.waiting.count)
        #expect(schedule.running == oracle.running.values.reduce(0, +))
        #expect(schedule.nextDue == oracle.nextDue)
      }
    }
  }
}
