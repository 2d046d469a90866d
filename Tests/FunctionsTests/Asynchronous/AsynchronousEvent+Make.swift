import Mappings

extension FunctionARN {
  /// The function that events are for where the test does not say.
  static let f = function("f")

  static func function(_ name: String) -> FunctionARN {
    FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:\(name)")
  }
}

extension AsynchronousEvent {
  /// When events are accepted where the test does not say.
  static let epoch = Milliseconds(1_790_000_000_000)
  static let everybody = Destinations(
    deadLetterQueue: "arn:aws:sqs:us-east-1:111111111111:dead", onFailure: "arn:aws:sns:us-east-1:111111111111:told")

  /// An event that only differs where the test says so. Its payload is a text that names it.
  static func make(
    _ name: String = "a", of function: FunctionARN = .f, acceptedAt: Milliseconds = epoch, attempts: Int = 0,
    failures: Int = 0, delays: Int = 0, ended: Ending? = nil, destinations: Destinations = everybody
  ) -> AsynchronousEvent {
    var event = AsynchronousEvent(
      function: function, payload: Array(name.utf8), acceptedAt: acceptedAt, destinations: destinations)
    event.attempts = attempts
    event.failures = failures
    event.delays = delays
    event.ended = ended
    return event
  }

  var name: String { String(decoding: payload, as: UTF8.self) }
}
