import JSON

/// The files that the CDK would upload before a stack is deployed, the templates of its nested stacks among them
/// (https://docs.aws.amazon.com/cdk/api/v2/docs/@aws-cdk_cloud-assembly-schema.AssetManifest.html).
struct AssetManifest {
  /// The files by their names in the bucket.
  private var files: [String: String] = [:]

  /// The manifest of the stack whose template that is: `Shop.assets.json` beside `Shop.template.json`. Empty where there is
  /// none.
  init(beside template: String) throws(TemplateError) {
    let ending = ".template.json"
    guard template.hasSuffix(ending) else { return }
    let path = "\(template.dropLast(ending.count)).assets.json"
    guard (try? TemplateFile.kind(of: path)) == .file else { return }
    let folder = TemplateFile.folder(of: path)
    for asset in try TemplateFile.parse(path)["files"]?.members ?? [] {
      guard let source = asset.value["source"]?["path"]?.string else { continue }
      for destination in asset.value["destinations"]?.members ?? [] {
        guard let key = destination.value["objectKey"]?.string else { continue }
        files[Self.name(key)] = source.hasPrefix("/") ? source : "\(folder)/\(source)"
      }
    }
  }

  /// The file that is uploaded to a URL, of which the bucket may be an expression.
  func file(at url: JSONValue) -> String? {
    Self.lastText(in: url).flatMap { files[Self.name($0)] }
  }

  private static func name(_ key: String) -> String { key.split(separator: "/").last.map(String.init) ?? key }

  private static func lastText(in value: JSONValue) -> String? {
    value.string ?? value.children.last.flatMap { lastText(in: $0) }
  }
}
