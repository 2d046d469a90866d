import JSON

/// The alias that `AutoPublishAlias` names.
struct SAMAlias {
  let logicalID: String
  /// A name, or a reference to a parameter that has it.
  let name: JSONValue

  /// SAM takes a text or a reference to a parameter. It makes the logical id of what the parameter is when the template
  /// is deployed; here it is made of the parameter's default, and the alias's name is of its value.
  init(_ value: JSONValue, of function: String, parameters: JSONValue) throws(TemplateError) {
    name = value
    let text: String? =
      switch value {
      case .string(let text): text
      case .object where value["Ref"] != nil:
        value["Ref"]?.scalarText.flatMap { parameters[$0] }.map { $0["Default"]?.scalarText ?? "" }
      default: nil
      }
    guard let text else {
      throw TemplateError("AutoPublishAlias is neither a text nor a Ref to a parameter", at: function)
    }
    // A logical id has letters and digits only.
    let word = text.map { character in
      switch character {
      case "-": "D"
      case "_": "U"
      default: String(character)
      }
    }.joined()
    logicalID = "\(function)Alias\(word)"
  }
}
