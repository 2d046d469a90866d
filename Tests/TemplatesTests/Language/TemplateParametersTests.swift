import JSON
import Testing

@testable import Templates

@Suite struct TemplateParametersTests {
  static func value(_ declaration: JSONValue, given: JSONValue?) throws -> JSONValue? {
    let template = try Template(["Parameters": ["P": declaration], "Resources": [:]])
    let parameters = try TemplateParameters(template, given: given.map { ["P": $0] } ?? [:], pending: [:])
    return try parameters.value("P")
  }

  @Test(
    arguments: [
      (["Type": "String"], "x", "x"), (["Type": "String", "Default": "d"], nil, "d"),
      (["Type": "String", "Default": "d"], "x", "x"), (["Type": "Number"], "3.5", "3.5"), (["Type": "Number"], 3, "3"),
      (["Type": "List<Number>"], "1, 2", ["1", "2"]), (["Type": "CommaDelimitedList"], "", []),
      (["Type": "Number"], "-1.5e3", "-1.5e3"), (["Type": "List<Number>"], [1, 2, "3"], ["1", "2", "3"]),
      (["Type": "AWS::EC2::VPC::Id"], "vpc-1", "vpc-1"), (["Type": "AWS::SSM::Parameter::Value<String>"], "v", "v"),
      (["Type": "String", "AllowedValues": ["a", "b"]], "b", "b"),
      (["Type": "String", "AllowedPattern": "[a-z]+", "MinLength": 2, "MaxLength": "3"], "abc", "abc"),
      (["Type": "Number", "MinValue": 1, "MaxValue": 5], "5", "5"), (["Type": "String", "Default": true], nil, "true"),
    ] as [(JSONValue, JSONValue?, JSONValue)])
  func parameterHasItsValue(declaration: JSONValue, given: JSONValue?, value: JSONValue) throws {
    #expect(try Self.value(declaration, given: given) == value)
  }

  @Test(
    arguments: [
      (["Type": "String"], nil, "Parameters: [P] must have values"),
      (["Type": "Number"], "nan", "Parameter 'P' must be a number, not 'nan'"),
      (["Type": "Number"], "0x10", "Parameter 'P' must be a number, not '0x10'"),
      (["Type": "Number"], "1e999", "Parameter 'P' must be a number, not '1e999'"),
      (["Type": "List<Number>"], [1, [2]], "Parameter 'P' has to be a text, not '[1,[2]]'"),
      (["Type": "String", "AllowedPattern": "["], "x", "Parameter 'P' has the pattern [, which cannot be read here"),
      (["Type": "Number"], "x", "Parameter 'P' must be a number, not 'x'"),
      (["Type": "String", "AllowedValues": ["a", 1]], "b", "Parameter 'P' must be one of values [a, 1], not 'b'"),
      (
        ["Type": "String", "AllowedPattern": "[a-z]+"], "a1",
        "Parameter 'P' must match pattern [a-z]+, which 'a1' does not"
      ),
      (
        ["Type": "String", "NoEcho": true, "AllowedValues": ["a"]], "secret",
        "Parameter 'P' must be one of values [a], not ****"
      ),
      (
        ["Type": "String", "MaxLength": 2, "ConstraintDescription": "short"], "abc",
        "Parameter 'P' is too long: MaxLength is 2 (short)"
      ),
      (["Type": "Number", "MinValue": 3], "2", "Parameter 'P' is too small: MinValue is 3"),
      (["Type": "String"], ["a"], #"Parameter 'P' has to be a text, not '["a"]'"#),
    ] as [(JSONValue, JSONValue?, String)])
  func whatAParameterMayNotBeIsRefused(declaration: JSONValue, given: JSONValue?, text: String) {
    #expect(throws: TemplateError(text)) { try Self.value(declaration, given: given) }
  }

  @Test func whatIsNoParameterIsRefused() throws {
    let template = try Template(["Resources": [:]])
    #expect(throws: TemplateError("Parameters: [X] do not exist in the template")) {
      try TemplateParameters(template, given: ["X": "1"], pending: [:])
    }
  }
}
