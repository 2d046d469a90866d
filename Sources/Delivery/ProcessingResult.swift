/// The words of `LastProcessingResult`.
public enum ProcessingResult {
  /// Documented: `PROBLEM: Function call failed`. What stands behind it is ours.
  public static func functionCallFailed(_ detail: String) -> String {
    detail.isEmpty ? "PROBLEM: Function call failed" : "PROBLEM: Function call failed. \(detail)"
  }

  /// What a function or a service says went wrong, cut off where it is long.
  static func limited(_ text: String) -> String { String(text.prefix(longestText)) }

  /// Characters of what a function or a service says went wrong; more is cut off.
  private static let longestText = 1000
}
