public import JSON

/// Templates as text: JSON, or YAML 1.1 with CloudFormation's short forms
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
public enum TemplateText {
  /// The document that a text holds; both languages give the same one.
  public static func parse(_ bytes: [UInt8]) throws(TemplateError) -> JSONValue {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TemplateError("the template is not UTF-8 text")
    }
    let start = text.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }
    guard let start else { throw TemplateError("the template is empty") }
    guard start == "{" else { return try YAMLTemplate.parse(text) }
    let marked = text.unicodeScalars.first == "\u{FEFF}" ? Array(bytes.dropFirst(3)) : bytes
    let document: JSONValue
    do throws(JSONParseError) { document = try JSONValue(parsing: marked) } catch {
      throw TemplateError("the template is not valid JSON: \(place(error.offset, in: marked)): \(error.reason)")
    }
    if let name = document.repeatedName {
      throw TemplateError("the template is not valid JSON: '\(name)' stands twice in one object")
    }
    return document
  }

  /// As editors count.
  private static func place(_ offset: Int, in bytes: [UInt8]) -> String {
    let lines = bytes.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let column = String(decoding: lines.last ?? [], as: UTF8.self).count + 1
    return "line \(lines.count), column \(column)"
  }
}

extension JSONValue {
  /// The name of a member that an object in it has twice.
  fileprivate var repeatedName: String? {
    if case .object(let members) = self {
      var names: Set<String> = []
      if let twice = members.first(where: { !names.insert($0.name).inserted }) { return twice.name }
    }
    for child in children {
      if let name = child.repeatedName { return name }
    }
    return nil
  }
}
