import Testing

@testable import Templates

@Suite struct TemplateErrorTests {
  @Test func anErrorNamesItsResourceFirst() {
    #expect(TemplateError("is odd", at: "Network/Queue").description == "Network/Queue: is odd")
    #expect(TemplateError("is odd").description == "is odd")
  }
}
