import JSON
import TestSupport
import Testing

@testable import Templates

/// Whatever a template says, it is taken apart or refused.
@Suite struct SAMMutationTests {
  @Test(arguments: TransformedTemplate.all)
  func mutatedTemplateIsTakenApartOrRefused(_ transformed: TransformedTemplate) throws {
    let document = try JSONValue(parsing: Array(transformed.template.utf8))
    var mutation = TemplateMutation.announced(for: "changes of SAM templates")
    for round in 0..<100 {
      var mutated = document
      for _ in 0...(round % 3) { mutated = mutation.mutated(mutated) }
      do throws(TemplateError) {
        let template = try SAM.expand(mutated).template
        // What is taken apart already has no events any more.
        #expect(try SAM.expand(template).template == template, "round \(round): \(mutated.text)")
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
