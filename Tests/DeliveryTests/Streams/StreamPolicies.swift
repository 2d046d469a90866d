public import Delivery
public import Testing

extension StreamRetryPolicy: CustomTestStringConvertible {
  public var testDescription: String {
    let words = [
      reportsItemFailures ? "reports" : nil, bisects ? "bisects" : nil, keepsState ? "keeps state" : nil,
      maximumRecordAge.map { "age \($0)" }, maximumRetryAttempts.map { "retries \($0)" } ?? "any number of retries",
    ]
    return words.compactMap(\.self).joined(separator: ", ")
  }

  /// Every combination of what is not an age: bisecting, reporting, retries and a tumbling window.
  static let all: [StreamRetryPolicy] = [false, true].flatMap { reports in
    [false, true].flatMap { bisects in
      [false, true].flatMap { keepsState in
        [nil, 0, 1, 3].map { retries in
          StreamRetryPolicy(
            reportsItemFailures: reports, bisects: bisects, maximumRetryAttempts: retries, keepsState: keepsState)
        }
      }
    }
  }
}
