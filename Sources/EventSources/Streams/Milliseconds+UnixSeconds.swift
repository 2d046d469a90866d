import Mappings

extension Milliseconds {
  /// The text of a JSON number of seconds; nil where it is none.
  init?(unixSecondsText text: UnsafeBufferPointer<UInt8>) {
    guard let seconds = Double(String(decoding: text, as: UTF8.self)) else { return nil }
    self.init(unixSeconds: seconds)
  }

  /// Seconds since the epoch; what no clock shows is brought back into its range.
  init(unixSeconds seconds: Double) {
    let limit = 253_402_300_799.0
    self.init(Int64((min(max(seconds.isNaN ? 0 : seconds, 0), limit) * 1000).rounded()))
  }
}
