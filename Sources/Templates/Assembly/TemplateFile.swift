import FoundationEssentials
import JSON

/// Files and folders on the way to templates.
enum TemplateFile {
  /// What a path leads to.
  enum Kind {
    case file
    case folder
  }

  static func kind(of path: String) throws(TemplateError) -> Kind {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TemplateError("\(path): there is no such file or folder")
    }
    return isFolder ? .folder : .file
  }

  /// The JSON or YAML of a file.
  static func parse(_ path: String) throws(TemplateError) -> JSONValue { try parse(try read(path), of: path) }

  static func parse(_ bytes: [UInt8], of path: String) throws(TemplateError) -> JSONValue {
    do throws(TemplateError) { return try TemplateText.parse(bytes) } catch {
      throw TemplateError("\(path): \(error.message)")
    }
  }

  static func read(_ path: String) throws(TemplateError) -> [UInt8] {
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

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
