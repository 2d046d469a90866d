import Mappings
import Testing

@testable import Delivery

/// A function as a batch meets it.
private struct ScriptedFunction: Sendable {
  var name: String
  /// - Parameter number: of the invocation, from 1 on.
  var act: @Sendable (_ numbers: [Int], _ number: Int) -> Act

  /// An end of an invocation, and what it means to a mapping that reports item failures, and to another.
  typealias Act = (InvocationResult, whenReporting: StreamVerdict, otherwise: StreamVerdict)

  private static func same(_ result: InvocationResult, _ verdict: StreamVerdict) -> Act { (result, verdict, verdict) }
  private static let fine = same(.well, .well)
  private static let raising = same(.raised, .functionFailed)

  private static func reporting(_ number: Int, in numbers: [Int]) -> Act {
    guard let place = numbers.firstIndex(of: number) else { return fine }
    return (.reporting(number), .reported(place), .well)
  }

  /// All are well in the end, since some mappings try forever.
  static let patience = 12

  static let all = [
    ScriptedFunction(name: "is well") { _, _ in fine },
    ScriptedFunction(name: "always raises") { _, number in number > patience ? fine : raising },
    ScriptedFunction(name: "raises twice") { _, number in number > 2 ? fine : raising },
    ScriptedFunction(name: "raises for the third") { numbers, number in
      numbers.contains(3) && number <= patience ? raising : fine
    },
    ScriptedFunction(name: "reports the third") { numbers, number in
      number > patience ? fine : reporting(3, in: numbers)
    },
    ScriptedFunction(name: "reports the first") { numbers, number in
      number > patience ? fine : reporting(numbers[0], in: numbers)
    },
    ScriptedFunction(name: "reports the last") { numbers, number in
      number > patience ? fine : reporting(numbers[numbers.count - 1], in: numbers)
    },
    ScriptedFunction(name: "reports nobody") { _, number in
      number > patience ? fine : (.reporting(99), .failed, .well)
    },
    ScriptedFunction(name: "takes too long") { _, number in
      number > patience ? fine : same(.timedOut("3 s"), .functionFailed)
    },
    ScriptedFunction(name: "takes two records at most") { numbers, _ in
      numbers.count > 2 ? same(.tooLarge("413"), .tooLarge) : fine
    },
    ScriptedFunction(name: "has no room before and between") { numbers, number in
      if [1, 2, 4].contains(number) { return same(.throttled("429"), .unseen) }
      return number > patience ? fine : raising
    },
    ScriptedFunction(name: "is not there at first") { _, number in
      number < 4 ? same(.unreachable("refused"), .unseen) : fine
    },
  ]
}

/// Every combination of bisecting, reporting, retries, age, window and function, held to what the texts tell.
@Suite struct StreamBatchMatrixTests {
  /// Which of the five records are too old; nil where there is no limit.
  private static let ages: [Set<Int>?] = [nil, [], [1, 2, 3, 4, 5], [1], [1, 2, 3], [2, 4]]

  private static let states = [false, true]

  @Test(arguments: StreamRetryPolicy.all, states)
  func batchTakesTheWayOfTheTexts(policy: StreamRetryPolicy, givesState: Bool) {
    for function in ScriptedFunction.all {
      for old in Self.ages {
        var policy = policy
        policy.maximumRecordAge = old == nil ? nil : .seconds(60)
        // A function that gives no state to a window fails forever, where it may.
        let act = { (numbers: [Int], number: Int) in
          Self.act(function, numbers, number, policy, givesState: givesState || number > 40)
        }
        var oracle = StreamBatchOracle(policy, old: old ?? []) { act($0, $1).1 }
        oracle.tell([1, 2, 3, 4, 5])
        let records = (1...5).map {
          StreamedNumber(number: $0, arrival: Milliseconds(old?.contains($0) == true ? 0 : 100_000))
        }
        var play = BatchPlay(policy, at: Milliseconds(100_000))
        play.play(records) { act($0.numbers, $0.number).0 }
        #expect(play.lines == oracle.lines, "a function that \(function.name), old: \(old ?? [])")
        #expect(play.positions.last == 5)
      }
    }
  }

  private static func act(
    _ function: ScriptedFunction, _ numbers: [Int], _ number: Int, _ policy: StreamRetryPolicy, givesState: Bool
  ) -> (InvocationResult, StreamVerdict) {
    let (result, whenReporting, otherwise) = function.act(numbers, number)
    let verdict = policy.reportsItemFailures ? whenReporting : otherwise
    guard policy.keepsState, case .answered(let answer) = result else { return (result, verdict) }
    guard givesState else { return (result, .failed) }
    let members = answer.dropFirst().dropLast()
    let state = Array((#"{"state":{}"# + (members.isEmpty ? "}" : ",")).utf8)
    return (.answered(state + (members.isEmpty ? [] : members + Array("}".utf8))), verdict)
  }
}
