import Mappings

extension AsynchronousEvent {
  /// An event that was given up and only differs where the test says so.
  static func make(
    mapping: MappingID? = nil, function: String = "f", source: String? = PushHarness.bucket, attempts: Int = 3,
    failures: Int = 3, lastAnswer: String = #"{"errorMessage":"boom","errorType":"Oh"}"#,
    ended: Ending? = .retriesExhausted, destinations: Destinations = .init()
  ) -> AsynchronousEvent {
    AsynchronousEvent(
      sequence: 7, requestID: "11111111-2222-3333-4444-555555555555", mapping: mapping,
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:\(function)"), sourceARN: source,
      payload: Array(#"{"Records":[{"a":"é"}]}"#.utf8), acceptedAt: Milliseconds(1_790_000_000_123),
      dueAt: Milliseconds(1_790_000_000_123), attempts: attempts, failures: failures, delays: 0,
      lastAnswer: Array(lastAnswer.utf8), ended: ended, destinations: destinations)
  }
}
