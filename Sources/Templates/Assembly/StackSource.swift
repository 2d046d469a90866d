public import JSON

/// A stack as somebody's files describe it.
public struct StackSource: Sendable {
  /// The stack's name.
  public var name: String
  /// Where it is to live; nil where the files do not say.
  public var region: String?
  /// Its template, with those of nested stacks in it.
  public var template: JSONValue
}

extension StackSource {
  /// The largest template, with those nested in it. CloudFormation's own limit is 1 MB for each.
  static let maximumFileBytes = 8 << 20

  /// Reads the stacks that a path names: a template in JSON or YAML, or a folder that `cdk synth` wrote, whose stacks come
  /// in the order in which they are applied.
  public static func read(_ path: String) throws(TemplateError) -> [StackSource] {
    switch try TemplateFile.kind(of: path) {
    case .folder: return try CloudAssembly(folder: path).stacks
    case .file:
      return [StackSource(name: name(ofFile: path), region: nil, template: try NestedTemplates.read(path))]
    }
  }

  /// `shop/orders_api.template.json` as `orders-api`.
  static func name(ofFile path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    for ending in [".json", ".yaml", ".yml", ".template"] where name.hasSuffix(ending) && name.count > ending.count {
      name.removeLast(ending.count)
    }
    let legal = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let kept = String(legal).drop { !$0.isLetter }.prefix(128)
    guard kept.isEmpty else { return String(kept) }
    // A stack's name begins with a letter.
    let digits = String(legal).filter(\.isNumber)
    return digits.isEmpty ? "stack" : "stack-\(digits.prefix(122))"
  }
}
