import ArgumentParser
import FoundationEssentials
import Functions
import JSON

/// Where functions run.
struct FunctionOptions: ParsableArguments {
  @Option(
    name: .customLong("function"),
    help: ArgumentHelp(
      """
      Where a function runs: lambda (the Lambda endpoint), http://… (POST of the event), runtime (a process that runs a \
      Lambda runtime and asks Headrace for work) or runtime:PORT (the same on a port of its own). NAME may be \
      NAME:QUALIFIER, or * for all others. Can be given more than once. [HEADRACE_FUNCTION, separated by spaces] \
      (default: *=runtime, or *=lambda where AWS_ENDPOINT_URL_LAMBDA is set)
      """, valueName: "name=target"))
  var function: [String] = []
  @Option(
    help: ArgumentHelp(
      """
      The same as a JSON file: {"NAME": "TARGET", "NAME": {"target": "TARGET", "concurrency": 4, "timeout": "10s"}}. \
      [HEADRACE_FUNCTIONS]
      """, valueName: "file"))
  var functions: String?
  @Option(
    help: ArgumentHelp(
      "How long an http or runtime function may take. [HEADRACE_FUNCTION_TIMEOUT] (default: 30s)",
      valueName: "duration"))
  var functionTimeout: String?

  /// What the file, then the flags say; the later wins.
  func entries(_ environment: Environment) throws -> [FunctionEntry] {
    var entries: [FunctionEntry] = []
    if let path = functions ?? environment["HEADRACE_FUNCTIONS"] { entries += try Self.entries(ofFile: path) }
    let given =
      function.isEmpty ? (environment["HEADRACE_FUNCTION"] ?? "").split(separator: " ").map(String.init) : function
    let origin = function.isEmpty ? "HEADRACE_FUNCTION" : "--function"
    for text in given {
      do throws(FunctionEntry.ParsingError) {
        entries.append(try FunctionEntry(parsing: text))
      } catch {
        throw ValidationError("\(origin): \(error)")
      }
    }
    return entries
  }

  private static func entries(ofFile path: String) throws -> [FunctionEntry] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("--functions: cannot read '\(path)'")
    }
    do {
      guard case .object(let members) = try JSONValue(parsing: data) else {
        throw FunctionEntry.ParsingError("it is not a JSON object")
      }
      return try members.map { try FunctionEntry(name: $0.name, document: $0.value) }
    } catch {
      throw ValidationError("--functions: '\(path)': \(error)")
    }
  }
}
