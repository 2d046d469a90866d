import JSON
import Testing

@testable import Templates

@Suite struct TemplateTextTests {
  @Test(
    arguments: [
      ("a: !Ref X", ["a": ["Ref": "X"]]), ("a: !GetAtt X.Arn", ["a": ["Fn::GetAtt": ["X", "Arn"]]]),
      ("a: !GetAtt Nested.Outputs.X", ["a": ["Fn::GetAtt": ["Nested", "Outputs.X"]]]),
      ("a: !GetAtt [X, Arn]", ["a": ["Fn::GetAtt": ["X", "Arn"]]]), ("a: !Sub '${X}'", ["a": ["Fn::Sub": "${X}"]]),
      ("a: !Join ['-', [b, !Ref X]]", ["a": ["Fn::Join": ["-", ["b", ["Ref": "X"]]]]]),
      ("a: !If [C, 1, !Ref AWS::NoValue]", ["a": ["Fn::If": ["C", 1, ["Ref": "AWS::NoValue"]]]]),
      ("a: !Not [!Condition C]", ["a": ["Fn::Not": [["Condition": "C"]]]]),
      ("a: !Sub\n  - '${b}'\n  - b: 1", ["a": ["Fn::Sub": ["${b}", ["b": 1]]]]),
      ("a: !ImportValue x", ["a": ["Fn::ImportValue": "x"]]), ("a: !Base64 x", ["a": ["Fn::Base64": "x"]]),
      ("a: 012345678901", ["a": "012345678901"]), ("a: 123456789012", ["a": 123_456_789_012]),
      ("a: 2012-10-17", ["a": "2012-10-17"]), ("a: no", ["a": "no"]), ("a: true", ["a": true]), ("a: '5'", ["a": "5"]),
      ("a: 1_000", ["a": "1_000"]), ("a: 0x1F", ["a": "0x1F"]), ("a:", ["a": .null]), ("a: ~", ["a": .null]),
      ("a: |\n  x\n  y\n", ["a": "x\ny\n"]), ("5: x", ["5": "x"]),
      ("a: &q {b: 1}\nc: *q", ["a": ["b": 1], "c": ["b": 1]]),
      ("a: &q b\n*q : c", ["a": "b", "b": "c"]), ("&q a: *q", ["a": "a"]),
      ("a: &q 1\nb: &q 2\nc: *q", ["a": 1, "b": 2, "c": 2]),
      ("a: 'x * y'\nb: x*y\nc: |\n  *z\n# *nobody", ["a": "x * y", "b": "x*y", "c": "*z\n"]),
      ("a: '*'\nb: [\"*\", s3:*]\n'*': 1", ["a": "*", "b": ["*", "s3:*"], "*": 1]),
      ("a: '\u{E000}*'", ["a": "\u{E000}*"]),
      ("a: &q {b: 1, d: 2}\nc:\n  <<: *q\n  d: 3", ["a": ["b": 1, "d": 2], "c": ["d": 3, "b": 1]]),
      (#"{"a": {"Ref": "X"}}"#, ["a": ["Ref": "X"]]),
      ("\u{FEFF}{\"a\": 1}", ["a": 1]), ("# a comment\na: 1", ["a": 1]),
    ] as [(String, JSONValue)])
  func textIsTheDocumentThatJSONWouldBe(text: String, document: JSONValue) throws {
    #expect(try TemplateText.parse(Array(text.utf8)) == document)
  }

  @Test(arguments: [
    ("", "empty"), ("  \n", "empty"), ("a: !Nope x", "line 1, column 4: the tag !Nope is unknown"),
    ("a: [1", "not valid YAML"), ("a: 1\na: 2", "not valid YAML"), ("{\"a\": }", "not valid JSON"),
    ("? [a]\n: b", "a key has to be a text"), ("a: 1\n---\nb: 2", "not valid YAML"),
    ("a: *nobody", "line 1, column 4: there is no anchor 'nobody' before its alias"),
    ("a: &q 1\nb: !Ref *q", "neither a tag nor an anchor"), ("a: &q 1\n*q : 2", "a key has to be a text"),
    ("a: &q b\nb: 1\n*q : 2", "line 3, column 1: the key 'b' stands twice"),
    ("{\"a\": 1,\n \"ü\": }", "line 2, column 7: unexpected '}'"),
    ("{\"a\": [{\"b\": 1, \"b\": 1}]}", "'b' stands twice in one object"),
    (String(repeating: "[", count: 900) + String(repeating: "]", count: 900), "nested deeper than 100 levels"),
  ])
  func whatIsNoTemplateIsOneError(text: String, message: String) {
    #expect {
      try TemplateText.parse(Array(text.utf8))
    } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test func aliasesThatRepeatWithoutEndAreRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 8).joined(separator: ", "))]\n"
    }
    #expect {
      try TemplateText.parse(Array(text.utf8))
    } throws: { error in
      "\(error)".contains("more than")
    }
  }

  /// Keys are hashed, and so was whatever an alias in them stood for.
  @Test(arguments: ["? *a60\n: 1\n", "? [*a60]\n: 1\n", "*a60 : 1\n", "<<: *a60\n"])
  func aliasesThatMultiplyInKeysAreRefused(key: String) {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(throws: TemplateError.self) { try TemplateText.parse(Array((text + key).utf8)) }
  }

  @Test func aliasesThatNestWithoutEndAreRefused() {
    var text = "a0: &a0 x\n"
    for level in 1...5000 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    #expect {
      try TemplateText.parse(Array(text.utf8))
    } throws: { error in
      "\(error)".contains("nested deeper than 100 levels")
    }
  }

  @Test func aTextWithEveryCharacterForPrivateUseIsRefused() {
    let all = (UInt32(0xE000)...0xF8FF).compactMap(Unicode.Scalar.init).map(Character.init)
    #expect(throws: TemplateError("the template has every character for private use in it; leave one out")) {
      try TemplateText.parse(Array("a: '\(String(all))'".utf8))
    }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: TemplateError("the template is not UTF-8 text")) { try TemplateText.parse([0x7B, 0xFF]) }
  }
}
