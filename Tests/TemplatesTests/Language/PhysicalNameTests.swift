import Testing

@testable import Templates

@Suite struct PhysicalNameTests {
  static func name(
    _ logicalID: String, stack: String = "Shop", account: String = "000000000000", limit: NameLimit = NameLimit(80),
    ending: String = ""
  ) -> String {
    PhysicalName.generated(
      stack: StackIdentity(name: stack, account: account, region: "us-east-1"), logicalID: logicalID, limit: limit,
      ending: ending)
  }

  @Test func nameIsStackLogicalIDAndASuffix() throws {
    #expect(try #/Shop-Queue-[A-Z0-9]{12}/#.wholeMatch(in: Self.name("Queue")) != nil)
  }

  /// Data on disk and in emulators hangs on it: it must never change.
  @Test func nameIsAlwaysTheSame() {
    #expect(Self.name("Queue") == Self.name("Queue"))
    #expect(Self.name("Queue") == "Shop-Queue-YP6SQ7980HMS")
  }

  @Test func nameIsAnotherForAnotherLogicalIDStackOrAccount() {
    let names = [
      Self.name("Queue"), Self.name("Other"), Self.name("Queue", stack: "Shop2"),
      Self.name("Queue", account: "111111111111"),
    ]
    #expect(Set(names.map { $0.suffix(12) }).count == names.count)
  }

  @Test(arguments: [(80, ""), (80, ".fifo"), (64, ""), (63, ""), (128, ""), (20, "")])
  func nameIsNotLongerThanItsTypeAllows(length: Int, ending: String) {
    let name = Self.name(
      String(repeating: "LogicalId", count: 20), stack: String(repeating: "Stack", count: 20),
      limit: NameLimit(length), ending: ending)
    #expect(name.count == length)
    #expect(name.hasSuffix(ending))
    #expect(name.first == "S")
  }

  @Test func bucketsHaveSmallLetters() {
    let name = Self.name("MyBucket", limit: NameLimit(63, isLowerCase: true))
    #expect(name == name.lowercased() && name.hasPrefix("shop-mybucket-"))
  }

  @Test func ofTwoLongNamesBothAreSeen() {
    let name = Self.name(String(repeating: "b", count: 100), stack: String(repeating: "a", count: 100))
    #expect(name.hasPrefix("aaaaaaaaaaaaaaaa") && name.contains("-bbbbbbbbbbbbbbbb"))
  }
}
