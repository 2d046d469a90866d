import Testing

@testable import HeadraceClient

@Suite struct HeadraceClientErrorTests {
  @Test func errorsAreComparedByWhatTheySay() {
    #expect(HeadraceClientError.invalidParameter("a") != .invalidParameter("b"))
  }
}
