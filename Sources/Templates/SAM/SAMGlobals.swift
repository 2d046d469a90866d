import JSON

/// How SAM puts the properties that all functions have together with a function's own
/// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html).
enum SAMGlobals {
  /// A property of a function: its own goes first, maps are merged, and lists are added up.
  static func merged(_ global: JSONValue?, _ own: JSONValue?) -> JSONValue? {
    guard let global else { return own }
    guard let own else { return global }
    // A function of CloudFormation stands for one value, whatever its form.
    if global.isIntrinsic || own.isIntrinsic { return own }
    switch (global, own) {
    case (.array(let first), .array(let second)): return .array(first + second)
    case (.object, .object(let members)):
      return members.reduce(global) { result, member in
        result.setting(member.name, to: merged(result[member.name], member.value))
      }
    default: return own
    }
  }

  /// Whether a function says that it wants nothing of a global property.
  static func ignores(_ property: String, _ resource: JSONValue) -> Bool {
    switch resource["IgnoreGlobals"] {
    case .string("*")?: true
    case .array(let names)?: names.contains(.string(property))
    default: false
    }
  }
}
