import FoundationEssentials
import JSON

/// Template files, with the nested ones that they name.
enum TemplateFile {
  /// What a path leads to.
  enum Kind {
    case file
    case folder
  }

  private static let maximumDepth = 20

  static func kind(of path: String) throws(TemplateError) -> Kind {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TemplateError("\(path): there is no such file or folder")
    }
    return isFolder ? .folder : .file
  }

  /// A template with those of its nested stacks, as far as they are files.
  static func template(at path: String, depth: Int = 0) throws(TemplateError) -> JSONValue {
    guard depth <= maximumDepth else {
      throw TemplateError("\(path): stacks are nested more than \(maximumDepth) deep")
    }
    let document = try parse(path)
    guard case .object(let resources)? = document["Resources"] else { return document }
    let folder = folder(of: path)
    var isChanged = false
    let members = try resources.map { (member) throws(TemplateError) -> JSONMember in
      guard let file = nestedFile(member.value, in: folder) else { return member }
      isChanged = true
      let nested = try template(at: file, depth: depth + 1)
      let metadata = (member.value["Metadata"] ?? [:]).setting(StackModel.nestedTemplate, to: nested)
      return JSONMember(member.name, member.value.setting("Metadata", to: metadata))
    }
    return isChanged ? document.setting("Resources", to: .object(members)) : document
  }

  /// The JSON or YAML of a file.
  static func parse(_ path: String) throws(TemplateError) -> JSONValue {
    let bytes = try read(path)
    do throws(TemplateError) { return try TemplateText.parse(bytes) } catch {
      throw TemplateError("\(path): \(error.message)")
    }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func read(_ path: String) throws(TemplateError) -> [UInt8] {
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size <= StackSource.maximumFileBytes else {
      throw TemplateError("\(path): larger than \(StackSource.maximumFileBytes) bytes")
    }
    do {
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw TemplateError("\(path): cannot be read (\(error))")
    }
  }

  /// The template of a nested stack: where the CDK put it, or the relative path that stands in place of its URL, as before
  /// `aws cloudformation package`.
  private static func nestedFile(_ resource: JSONValue, in folder: String) -> String? {
    let path: String?
    switch resource["Type"]?.string {
    case StackModel.nestedStack?:
      path = resource["Metadata"]?["aws:asset:path"]?.string ?? resource["Properties"]?["TemplateURL"]?.string
    case StackModel.serverlessApplication?: path = resource["Properties"]?["Location"]?.string
    default: path = nil
    }
    guard let path, !path.contains("://") else { return nil }
    return path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
