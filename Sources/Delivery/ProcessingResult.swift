/// The words of `LastProcessingResult`.
public enum ProcessingResult {
  /// Documented: `PROBLEM: Function call failed`. What stands behind it is ours.
  public static func functionCallFailed(_ detail: String) -> String {
    detail.isEmpty ? "PROBLEM: Function call failed" : "PROBLEM: Function call failed. \(detail)"
  }
}
