import Mappings

@testable import Delivery

extension StreamBatchFate {
  /// The fate of a batch whose sequence numbers are known.
  init(_ result: InvocationResult, identifiers: [String], policy: StreamRetryPolicy, tries: Int) {
    self.init(result, count: identifiers.count, policy: policy, tries: tries) { identifiers }
  }
}
