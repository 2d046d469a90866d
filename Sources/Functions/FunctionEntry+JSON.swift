public import JSON
import Mappings

extension FunctionEntry {
  /// Why a text or document says nothing about a function, for whoever wrote it.
  public struct ParsingError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    /// An error with its text.
    public init(_ description: String) {
      self.description = description
    }
  }

  /// Reads `NAME=TARGET`.
  public init(parsing text: String) throws(ParsingError) {
    guard let equals = text.firstIndex(of: "=") else { throw ParsingError("'\(text)' is not NAME=TARGET") }
    try self.init(name: String(text[..<equals]), target: String(text[text.index(after: equals)...]))
  }

  /// Reads what a document says of a name: a target as text, or
  /// `{"target": "…", "concurrency": 4, "timeout": "10s"}`, of which only the target has to be there.
  public init(name: String, document: JSONValue) throws(ParsingError) {
    if case .string(let target) = document {
      try self.init(name: name, target: target)
      return
    }
    guard case .object(let members) = document else { throw ParsingError("'\(name)' is neither a text nor an object") }
    if let unknown = members.first(where: { !["target", "concurrency", "timeout"].contains($0.name) }) {
      throw ParsingError("'\(unknown.name)' is not target, concurrency or timeout")
    }
    guard case .string(let target)? = document["target"] else { throw ParsingError("'target' must be a text") }
    try self.init(name: name, target: target)
    switch document["concurrency"] {
    case nil, .null: break
    case .number(let number):
      guard let count = Int(number.text), (1...10_000).contains(count) else {
        throw ParsingError("'concurrency' must be a whole number between 1 and 10000")
      }
      concurrency = count
    default: throw ParsingError("'concurrency' must be a whole number between 1 and 10000")
    }
    switch document["timeout"] {
    case nil, .null: break
    case .string(let text):
      guard let duration = Duration(durationText: text), duration > .zero else {
        throw ParsingError("'timeout' must be a duration, such as 500ms, 2s or 1m")
      }
      timeout = duration
    default: throw ParsingError("'timeout' must be a duration, such as 500ms, 2s or 1m")
    }
  }

  private init(name: String, target: String) throws(ParsingError) {
    guard Self.isName(name) else {
      throw ParsingError("'\(name)' is not the name of a function, NAME:QUALIFIER or *")
    }
    do throws(FunctionTarget.ParsingError) {
      self.init(name: name, target: try FunctionTarget(parsing: target))
    } catch {
      throw ParsingError(error.description)
    }
    // A port stands for one function: nothing else would tell a runtime's function.
    if name == "*", case .runtime(_?) = self.target {
      throw ParsingError("'*' cannot have a port of its own; name the function")
    }
  }

  /// The service model's characters of names, versions and aliases.
  private static func isName(_ text: String) -> Bool {
    if text == "*" { return true }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count <= 2
      && parts.allSatisfy { part in
        (1...140).contains(part.utf8.count)
          && part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "$"):
              true
            default: false
            }
          }
      }
  }
}
