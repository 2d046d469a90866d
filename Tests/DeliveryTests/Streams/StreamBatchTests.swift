import Mappings
import Testing

@testable import Delivery

/// What was recorded of AWS, and what is documented, batch by batch.
@Suite struct StreamBatchTests {
  // MARK: Recorded

  /// Recorded: on_failure, scenarios.
  @Test(arguments: 0...3) func retriesMakeOneInvocationMore(retries: Int) {
    var play = BatchPlay(StreamRetryPolicy(maximumRetryAttempts: retries))
    let lines = play.play(.arrived(1...2)) { _ in .raised }
    #expect(
      lines == (1...retries + 1).map { "[1, 2] try \($0)" }
        + ["[1, 2] RetryAttemptsExhausted after \(retries + 1), raised"])
  }

  /// Recorded of both sources: report_batch_item_failures.
  @Test func lastOfSixThatFailsIsDeliveredFiveTimes() {
    let policy = StreamRetryPolicy(reportsItemFailures: true, maximumRetryAttempts: 3)
    var play = BatchPlay(policy)
    for numbers in [1...3, 4...6] {
      play.play(.arrived(numbers)) { $0.numbers.contains(6) ? .reporting(6) : .reporting() }
    }
    #expect(
      play.lines == [
        "[1, 2, 3] try 1", "[4, 5, 6] try 1", "[6] try 1", "[6] try 2", "[6] try 3", "[6] try 4",
        "[6] RetryAttemptsExhausted after 4",
      ])
    #expect(play.deliveries(of: 6) == 5)
  }

  /// Recorded: report_batch_item_failure_scenarios.
  @Test(arguments: [
    #"{"itemIdentifier":123}"#, #"{"itemIdentifier":""}"#, #"{"itemIdentifier":null}"#, #"{"foo":"1"}"#,
  ])
  func itemThatIsNoneFailsTheWholeBatch(item: String) {
    var play = BatchPlay(StreamRetryPolicy(reportsItemFailures: true, maximumRetryAttempts: 1))
    let lines = play.play(.arrived(1...2)) { _ in .answered(Array(#"{"batchItemFailures":[\#(item)]}"#.utf8)) }
    #expect(lines == ["[1, 2] try 1", "[1, 2] try 2", "[1, 2] RetryAttemptsExhausted after 2"])
  }

  /// Recorded: report_batch_item_success_scenarios.
  @Test(arguments: ["", #""""#, "[]", "null", "{}", #"{"batchItemFailures":[]}"#, #"{"batchItemFailures":null}"#])
  func batchThatSucceedsIsDeliveredOnce(answer: String) {
    var play = BatchPlay(StreamRetryPolicy(reportsItemFailures: true, maximumRetryAttempts: 3))
    #expect(play.play(.arrived(1...2)) { _ in .answered(Array(answer.utf8)) } == ["[1, 2] try 1"])
    #expect(play.positions == [2])
  }

  /// Recorded: discard_records, expire-before-ingestion.
  @Test func oldRecordsAreGivenUpUntriedAndYoungOnesDelivered() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)), at: Milliseconds(100_000))
    let records = [StreamedNumber].arrived(1...1) + .arrived(2...4, at: Milliseconds(90_000))
    #expect(play.play(records) { _ in .well } == ["[1] RecordAgeExceeded after 1", "[2, 3, 4] try 1"])
  }

  /// Recorded: expire-while-retrying, with eight tries on AWS.
  @Test(arguments: [(0.0, 9), (0.5, 8), (1.0, 8)]) func aboutEightTriesFitIntoAMinute(spread: Double, tries: Int) {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)))
    play.timePasses = true
    play.spread = spread
    let lines = play.play(.arrived(1...1)) { _ in .raised }
    #expect(lines.count - 1 == tries)
    #expect(lines.last == "[1] RecordAgeExceeded after \(tries)")
    #expect(play.now == Milliseconds(60_001))
  }

  // MARK: Bisecting

  @Test func batchIsHalvedUntilOneRecordIsLeft() {
    var play = BatchPlay(StreamRetryPolicy(bisects: true, maximumRetryAttempts: 1))
    let lines = play.play(.arrived(1...5)) { $0.numbers.contains(4) ? .raised : .well }
    #expect(
      lines == [
        "[1, 2, 3, 4, 5] try 1", "[1, 2, 3] try 1", "[4, 5] try 1", "[4] try 1", "[4] try 2",
        "[4] RetryAttemptsExhausted after 2, raised", "[5] try 1",
      ])
    #expect(play.pauses.count == 1)
  }

  @Test func halvesAreTriedAtOnce() {
    var play = BatchPlay(StreamRetryPolicy(bisects: true))
    play.play(.arrived(1...8)) { $0.numbers.count > 1 ? .raised : .well }
    #expect(play.pauses == [])
  }

  @Test func reportedPlaceComesBeforeBisecting() {
    var play = BatchPlay(StreamRetryPolicy(reportsItemFailures: true, bisects: true, maximumRetryAttempts: 0))
    let lines = play.play(.arrived(1...5)) { $0.numbers.contains(3) ? .reporting(3) : .well }
    // Where the first has failed nothing is done, and the batch is halved.
    #expect(
      lines == [
        "[1, 2, 3, 4, 5] try 1", "[3, 4, 5] try 1", "[3, 4] try 1", "[3] try 1", "[3] RetryAttemptsExhausted after 1",
        "[4] try 1", "[5] try 1",
      ])
  }

  @Test func tooLargeBatchIsHalvedWithoutBisecting() {
    var play = BatchPlay(StreamRetryPolicy(maximumRetryAttempts: 0))
    let lines = play.play(.arrived(1...4)) { $0.numbers.count > 2 || $0.numbers == [3, 4] ? .tooLarge("") : .well }
    #expect(lines == ["[1, 2, 3, 4] try 1", "[1, 2] try 1", "[3, 4] try 1", "[3] try 1", "[4] try 1"])
    #expect(play.pauses == [])
  }

  @Test func recordThatIsTooLargeAloneIsTriedAsOftenAsAnyOther() {
    var play = BatchPlay(StreamRetryPolicy(maximumRetryAttempts: 1))
    let lines = play.play(.arrived(1...1)) { _ in .tooLarge("") }
    #expect(lines == ["[1] try 1", "[1] try 2", "[1] RetryAttemptsExhausted after 2, raised"])
  }

  // MARK: What does not count

  @Test(arguments: [InvocationResult.throttled("429"), .unreachable("connection refused"), .withdrawn])
  func whatNoFunctionHasSeenDoesNotCount(result: InvocationResult) {
    var play = BatchPlay(StreamRetryPolicy(bisects: true, maximumRetryAttempts: 1))
    let lines = play.play(.arrived(1...1)) { [1, 2, 4].contains($0.number) ? result : .raised }
    #expect(
      lines == [
        "[1] try 1", "[1] try 1", "[1] try 1", "[1] try 2", "[1] try 2", "[1] RetryAttemptsExhausted after 2, raised",
      ])
  }

  @Test func whatNoFunctionHasSeenIsNotHalved() {
    var play = BatchPlay(StreamRetryPolicy(bisects: true))
    #expect(play.play(.arrived(1...2)) { $0.number < 3 ? .throttled("") : .well }.count { $0 == "[1, 2] try 1" } == 3)
  }

  @Test func throttledRecordsGetTooOldAllTheSame() {
    var play = BatchPlay(StreamRetryPolicy(maximumRetryAttempts: 0, maximumRecordAge: .seconds(60)))
    play.timePasses = true
    let lines = play.play(.arrived(1...2)) { _ in .throttled("") }
    #expect(lines.last == "[1, 2] RecordAgeExceeded after 1")
    #expect(play.now == Milliseconds(60_001))
  }

  // MARK: Age

  @Test func recordIsTooOldAfterItsAgeAndNotAtIt() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)), at: Milliseconds(60_000))
    #expect(play.play(.arrived(1...1)) { _ in .well } == ["[1] try 1"])
    play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)), at: Milliseconds(60_001))
    #expect(play.play(.arrived(1...1)) { _ in .well } == ["[1] RecordAgeExceeded after 1"])
  }

  @Test func recordsThatGetTooOldOneAfterTheOtherAreGivenUpOneAfterTheOther() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)))
    play.timePasses = true
    let records = [StreamedNumber].arrived(1...2) + .arrived(3...3, at: Milliseconds(30_000))
    let lines = play.play(records) { _ in .raised }.filter { $0.contains("Exceeded") }
    #expect(lines.count == 2)
    #expect(lines.first == "[1, 2] RecordAgeExceeded after 8")
    #expect(lines.last?.hasPrefix("[3] RecordAgeExceeded") == true)
  }

  @Test func oldRecordBehindAYoungOneWaitsForIt() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)), at: Milliseconds(100_000))
    let records = [StreamedNumber].arrived(1...1, at: Milliseconds(90_000)) + .arrived(2...2)
    #expect(play.play(records) { _ in .well } == ["[1, 2] try 1"])
  }

  /// Documented: what has used up its attempts goes to the destination, and is tried no more.
  @Test func attemptsThatAreUsedUpEndABatchOfWhichSomeIsTooOldByThen() {
    var play = BatchPlay(
      StreamRetryPolicy(maximumRetryAttempts: 0, maximumRecordAge: .seconds(60)), at: Milliseconds(50_000))
    play.duration = .seconds(20)
    let records = [StreamedNumber].arrived(1...1) + .arrived(2...2, at: Milliseconds(50_000))
    let lines = play.play(records) { _ in .raised }
    #expect(lines == ["[1, 2] try 1", "[1, 2] RetryAttemptsExhausted after 1, raised"])
  }

  // MARK: Pauses

  @Test(arguments: [(0.0, 200), (0.5, 300), (1.0, 400)]) func pausesDoubleUpToAMinute(spread: Double, first: Int) {
    var play = BatchPlay(StreamRetryPolicy(maximumRetryAttempts: 12))
    play.spread = spread
    play.play(.arrived(1...1)) { _ in .raised }
    let limit = Int(30_000 * (1 + spread))
    #expect(play.pauses == (0..<12).map { .milliseconds(min(first << $0, limit)) })
  }

  @Test func pausesOfAFunctionWithoutRoomDoubleUpToTenSeconds() {
    var play = BatchPlay(StreamRetryPolicy())
    play.play(.arrived(1...1)) { $0.number < 9 ? .throttled("") : .well }
    #expect(play.pauses == [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000].map { .milliseconds($0) })
  }

  @Test func pauseEndsWhenTheFirstRecordGetsTooOld() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60)), at: Milliseconds(59_900))
    play.timePasses = true
    let lines = play.play(.arrived(1...1) + .arrived(2...2, at: Milliseconds(59_000))) {
      $0.numbers.contains(1) ? .raised : .well
    }
    #expect(play.pauses == [.milliseconds(101)])
    #expect(lines == ["[1, 2] try 1", "[1] RecordAgeExceeded after 1", "[2] try 1"])
  }

  @Test func progressMakesPausesShortAgain() {
    var play = BatchPlay(StreamRetryPolicy(reportsItemFailures: true))
    play.play(.arrived(1...3)) { [.raised, .raised, .raised, .reporting(2), .raised, .well][$0.number - 1] }
    #expect(play.pauses == [400, 800, 1600, 400, 800].map { .milliseconds($0) })
  }

  @Test func everyHalfHasItsOwnPauses() {
    var play = BatchPlay(StreamRetryPolicy(bisects: true))
    play.play(.arrived(1...2)) { [.raised, .raised, .raised, .well, .raised, .raised, .well][$0.number - 1] }
    #expect(play.tries.map(\.numbers) == [[1, 2], [1], [1], [1], [2], [2], [2]])
    #expect(play.pauses == [400, 800, 400, 800].map { .milliseconds($0) })
  }

  // MARK: Final invocations of windows

  @Test func batchWithoutRecordsIsInvokedAndFinished() {
    var play = BatchPlay(StreamRetryPolicy(maximumRecordAge: .seconds(60), keepsState: true), at: Milliseconds(100_000))
    #expect(play.play([]) { $0.number == 1 ? .raised : .well } == ["[] try 1", "[] try 2"])
    #expect(play.positions == [])
  }

  @Test func batchWithoutRecordsIsGivenUpToo() {
    var play = BatchPlay(StreamRetryPolicy(bisects: true, maximumRetryAttempts: 1, keepsState: true))
    let lines = play.play([]) { _ in .raised }
    #expect(lines == ["[] try 1", "[] try 2", "[] RetryAttemptsExhausted after 2, raised"])
  }
}
