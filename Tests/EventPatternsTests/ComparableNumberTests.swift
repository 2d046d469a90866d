import Testing

@testable import EventPatterns

@Suite("A comparable number")
struct ComparableNumberTests {
  @Test(
    "is a whole number of millionths",
    arguments: [
      ("0", 0), ("-0.000", 0), ("0e999999999999999999999", 0), ("1", 1_000_000), ("-1.5", -1_500_000),
      ("100.5", 100_500_000), ("0.05", 50_000), ("0.000001", 1), ("1e-6", 1), ("10e-7", 1),
      ("0.1000000000000", 100_000),
      ("5e9", 5_000_000_000_000_000), ("-5000000000.000000", -5_000_000_000_000_000),
      ("4999999999.999999", 4_999_999_999_999_999), ("0.00000000005e20", 5_000_000_000_000_000),
      ("50000000000000000000000e-13", 5_000_000_000_000_000), ("3.0E+2", 300_000_000), ("00012", 12_000_000),
    ])
  func values(_ text: String, millionths: Int64) throws {
    #expect(try ComparableNumber(text).millionths == millionths)
  }

  @Test(
    "is refused where it is too large or too fine",
    arguments: [
      ("5000000000.000001", .outOfRange), ("-5000000001", .outOfRange), ("1e10", .outOfRange),
      ("1e99999999999999999999", .outOfRange), ("123456789012345678901234567890", .outOfRange),
      ("0.0000001", .tooManyDecimals), ("1.2345678", .tooManyDecimals), ("1e-7", .tooManyDecimals),
      ("1e-99999999999999999999", .tooManyDecimals), ("0.12345678901234567890123", .tooManyDecimals),
    ] as [(String, ComparableNumber.Unrepresentable)])
  func limits(_ text: String, error: ComparableNumber.Unrepresentable) {
    #expect(throws: error) { try ComparableNumber(text) }
  }

  @Test("takes time in proportion to its text", .timeLimit(.minutes(5)))
  func longTexts() throws {
    let zeros = String(repeating: "0", count: 1_000_000)
    #expect((try? ComparableNumber("1" + zeros)) == nil)
    #expect(try ComparableNumber("1" + zeros + "e-1000000") == ComparableNumber(millionths: 1_000_000))
  }
}
