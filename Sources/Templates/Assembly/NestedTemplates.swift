import FoundationEssentials
import JSON

/// Reads a template with those of its nested stacks, as far as they are files.
struct NestedTemplates {
  private let assets: AssetManifest
  /// The files that are being read, each within the one before.
  private var path: [String] = []
  private var count = 0
  private var bytes = 0

  static func read(_ path: String) throws(TemplateError) -> JSONValue {
    var reader = NestedTemplates(assets: try AssetManifest(beside: path))
    return try reader.template(at: path)
  }

  private init(assets: AssetManifest) { self.assets = assets }

  private mutating func template(at file: String) throws(TemplateError) -> JSONValue {
    let place = URL(filePath: file).standardized.path
    guard !path.contains(place) else { throw TemplateError("\(file): the template is nested in itself") }
    guard path.count <= StackModel.maximumDepth else {
      throw TemplateError("\(file): stacks are nested more than \(StackModel.maximumDepth) deep")
    }
    path.append(place)
    defer { path.removeLast() }
    let document = try TemplateFile.parse(try text(of: file), of: file)
    guard case .object(let resources)? = document["Resources"] else { return document }
    let folder = TemplateFile.folder(of: file)
    var members: [JSONMember] = []
    for member in resources {
      guard let nestedFile = nestedFile(member.value, in: folder) else {
        members.append(member)
        continue
      }
      let nested = try template(at: nestedFile)
      let metadata = (member.value["Metadata"] ?? [:]).setting(StackModel.nestedTemplate, to: nested)
      members.append(JSONMember(member.name, member.value.setting("Metadata", to: metadata)))
    }
    return document.setting("Resources", to: .object(members))
  }

  private mutating func text(of file: String) throws(TemplateError) -> [UInt8] {
    let text = try TemplateFile.read(file)
    count += 1
    bytes += text.count
    guard count <= StackModel.maximumNestedStacks else {
      throw TemplateError("\(file): there are more than \(StackModel.maximumNestedStacks) nested stacks")
    }
    guard bytes <= StackSource.maximumFileBytes else {
      throw TemplateError(
        "\(file): the nested templates together are larger than \(StackSource.maximumFileBytes) bytes")
    }
    return text
  }

  /// The template of a nested stack: where the CDK put it, or the relative path that stands in place of its URL, as before
  /// `aws cloudformation package`.
  private func nestedFile(_ resource: JSONValue, in folder: String) -> String? {
    let path: String?
    switch resource["Type"]?.string {
    case StackModel.nestedStack?:
      let url = resource["Properties"]?["TemplateURL"]
      if let asset = url.flatMap({ assets.file(at: $0) }) { return asset }
      path = resource["Metadata"]?["aws:asset:path"]?.string ?? url?.string
    case StackModel.serverlessApplication?: path = resource["Properties"]?["Location"]?.string
    default: path = nil
    }
    guard let path, !path.contains("://") else { return nil }
    return path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
