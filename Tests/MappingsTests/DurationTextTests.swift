import Mappings
import Testing

@Suite struct DurationTextTests {
  @Test(
    arguments: [
      ("0", 0), ("0s", 0), ("500ms", 500), ("2s", 2000), ("1.5s", 1500), ("3m", 180_000), ("1h", 3_600_000),
      ("0.0015s", 2), ("8760h", 31_536_000_000), ("60s", 60_000), (".5s", 500),
    ] as [(String, Int64)])
  func numberAndUnitAreRead(text: String, milliseconds: Int64) {
    #expect(Duration(durationText: text) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "s", "ms", "5", "5 s", " 5s", "5s ", "-1s", "1d", "1S", "1,5s", "onems", "8761h", "infs", "nans", "0x10s",
    "1e400s",
  ])
  func anythingElseIsNone(text: String) {
    #expect(Duration(durationText: text) == nil)
  }

  @Test(
    arguments: [
      (.zero, "0s"), (.seconds(10), "10s"), (.milliseconds(1500), "1500ms"), (.seconds(90), "90s"),
      (.microseconds(1500), "1ms"),
    ] as [(Duration, String)])
  func durationIsWrittenInSecondsOrMilliseconds(duration: Duration, text: String) {
    #expect(duration.durationText == text)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (1_769_903_999_123, "2026-01-31T23:59:59.123Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func timeIsWrittenInUTC(count: Int64, text: String) {
    #expect(Milliseconds(count).text == text)
  }
}
