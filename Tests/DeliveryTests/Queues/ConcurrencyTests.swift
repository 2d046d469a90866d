import Testing

@testable import Delivery

@Suite struct ConcurrencyTests {
  /// Backlog seen every 100 ms from one second to another, the ends included.
  private func backlog(_ concurrency: inout Concurrency, from start: Int, to end: Int) {
    for tenth in (start * 10)...(end * 10) { concurrency.noteBacklog(at: .milliseconds(tenth * 100)) }
  }

  @Test(arguments: [(nil, 5), (2, 2), (4, 4), (5, 5), (1000, 5)] as [(Int?, Int)])
  func startsAtFiveOrAtItsCeiling(ceiling: Int?, limit: Int) {
    #expect(Concurrency(ceiling: ceiling).limit == limit)
  }

  @Test func growsByThreeHundredAMinuteWhileMessagesWait() {
    var concurrency = Concurrency(ceiling: nil)
    backlog(&concurrency, from: 0, to: 60)
    #expect((304...305).contains(concurrency.limit))
    backlog(&concurrency, from: 60, to: 300)
    #expect(concurrency.limit == 1250)
  }

  @Test func growsToItsCeiling() {
    var concurrency = Concurrency(ceiling: 12)
    backlog(&concurrency, from: 0, to: 60)
    #expect(concurrency.limit == 12)
  }

  @Test func timeWithoutBacklogGrowsNothing() {
    var concurrency = Concurrency(ceiling: nil)
    concurrency.noteBacklog(at: .zero)
    #expect(concurrency.limit == 5)
    concurrency.noteEmpty()
    concurrency.noteBacklog(at: .seconds(3600))
    #expect(concurrency.limit == 5)
  }

  @Test func slowBatchesGrowByTheTimeThatPassed() {
    // At the limit nothing is received, and so nothing is heard of the backlog until a batch ends.
    var concurrency = Concurrency(ceiling: nil)
    concurrency.noteBacklog(at: .zero)
    concurrency.noteBacklog(at: .seconds(60))
    #expect(concurrency.limit == 305)
  }

  @Test func halvesAtMostOnceASecondDownToTheFloor() {
    var concurrency = Concurrency(ceiling: nil)
    backlog(&concurrency, from: 0, to: 19)
    let start = concurrency.limit
    concurrency.shrink(to: 5, at: .seconds(20))
    #expect(concurrency.limit == start / 2)
    concurrency.shrink(to: 5, at: .milliseconds(20_999))
    #expect(concurrency.limit == start / 2)
    concurrency.shrink(to: 5, at: .seconds(21))
    #expect(concurrency.limit == start / 4)
    for second in 22..<40 { concurrency.shrink(to: 5, at: .seconds(second)) }
    #expect(concurrency.limit == 5)
    for second in 40..<50 { concurrency.shrink(to: 1, at: .seconds(second)) }
    #expect(concurrency.limit == 1)
  }

  @Test func shrinkingNeverGrows() {
    var concurrency = Concurrency(ceiling: nil)
    concurrency.shrink(to: 1, at: .zero)
    concurrency.shrink(to: 1, at: .seconds(2))
    #expect(concurrency.limit == 1)
    concurrency.shrink(to: 5, at: .seconds(4))
    #expect(concurrency.limit == 1)
  }

  @Test func shrinkingRestartsTheClockOfGrowth() {
    var concurrency = Concurrency(ceiling: nil)
    concurrency.noteBacklog(at: .zero)
    concurrency.shrink(to: 1, at: .milliseconds(100))
    concurrency.noteBacklog(at: .milliseconds(900))
    #expect(concurrency.limit == 2)
  }

  @Test func floorIsNoHigherThanTheCeiling() {
    var concurrency = Concurrency(ceiling: 3)
    concurrency.shrink(to: 5, at: .zero)
    #expect(concurrency.limit == 3)
  }

  @Test func newCeilingHoldsAtOnce() {
    var concurrency = Concurrency(ceiling: nil)
    backlog(&concurrency, from: 0, to: 10)
    concurrency.setCeiling(7)
    #expect(concurrency.limit == 7)
    concurrency.setCeiling(2)
    #expect(concurrency.limit == 2)
    concurrency.setCeiling(100)
    #expect(concurrency.limit == 5)
    concurrency.setCeiling(nil)
    #expect(concurrency.limit == 5)
  }
}

@Suite struct BackoffTests {
  @Test func doublesUpToItsLimitAndStartsAnewAfterASuccess() {
    var backoff = Backoff(first: .milliseconds(250), limit: .seconds(10))
    let pauses = (0..<8).map { _ in backoff.next(spread: 1) }
    #expect(pauses == [0.25, 0.5, 1, 2, 4, 8, 10, 10].map { .seconds($0) })
    backoff.reset()
    #expect(backoff.next(spread: 1) == .milliseconds(250))
  }

  @Test(arguments: [(0, 500), (0.5, 750), (1, 1000)])
  func liesBetweenHalfOfWhatIsDueAndAllOfIt(spread: Double, milliseconds: Int) {
    var backoff = Backoff(first: .seconds(1), limit: .seconds(9))
    #expect(backoff.next(spread: spread) == .milliseconds(milliseconds))
  }

  @Test func bearsAnyNumberOfFailures() {
    var backoff = Backoff()
    for _ in 0..<1000 { _ = backoff.next(spread: 0) }
    #expect(backoff.next(spread: 1) == .seconds(10))
  }
}
