import AWSClient
import ArgumentParser
import JSON
import Templates

/// Which templates, and what is given to them: what `apply` and `plan` share.
struct StackOptions: ParsableArguments {
  @Argument(help: "A template in JSON or YAML, or a folder that `cdk synth` wrote.")
  var path: [String]
  @Option(help: "Where Headrace listens.")
  var url = "http://127.0.0.1:9400"
  @Option(help: "Name of the stack, for a single one. (default: its name in cdk.out, or the template's file name)")
  var stackName: String?
  @Option(help: "Region of the stacks. (default: what cdk.out says, or Headrace's own)")
  var region: String?
  @Option(help: ArgumentHelp("Value of a parameter of the template. Repeat for more.", valueName: "key=value"))
  var parameter: [String] = []
  @Option(
    help: ArgumentHelp(
      "Name of a resource, in place of what the template says: which function or queue it is. Repeat for more.",
      valueName: "logical-id=name"))
  var name: [String] = []
  @Flag(help: "Also make the queues, topics, streams, tables and buckets, at Headrace's endpoints.")
  var createSources = false
  @Flag(help: "Print Headrace's answers as JSON, one line for each stack.")
  var json = false

  /// The stacks that the paths name, in the order in which they are applied.
  func stacks() throws -> [StackSource] {
    var stacks: [StackSource] = []
    for path in path {
      do throws(TemplateError) { stacks += try StackSource.read(path) } catch {
        throw ValidationError("\(error)")
      }
    }
    if let stackName {
      guard stacks.count == 1 else {
        throw ValidationError("--stack-name names one stack, and here are \(stacks.count)")
      }
      stacks[0].name = stackName
    }
    try refuseStrangers(parameter, "--parameter", "Parameters", in: stacks)
    try refuseStrangers(name, "--name", "Resources", in: stacks)
    return stacks
  }

  /// The target that applies a stack. Of what is given for several stacks each gets what it has.
  func target(of stack: StackSource, _ flags: [String] = []) -> String {
    var query = flags.map { "\($0)=true" }
    if createSources { query.append("create-sources=true") }
    for (flag, values, section) in [("parameter", parameter, "Parameters"), ("name", name, "Resources")] {
      for value in values where stack.template.has(key(of: value), in: section) {
        query.append("\(flag)=\(PercentEncoding.text(value))")
      }
    }
    let target = "/_headrace/stacks/\(PercentEncoding.text(stack.name))"
    return query.isEmpty ? target : "\(target)?\(query.joined(separator: "&"))"
  }

  private func refuseStrangers(
    _ values: [String], _ flag: String, _ section: String, in stacks: [StackSource]
  ) throws {
    for value in values {
      guard value.contains("=") else { throw ValidationError("\(flag) has to be KEY=VALUE, not '\(value)'") }
      guard stacks.contains(where: { $0.template.has(key(of: value), in: section) }) else {
        throw ValidationError("\(flag) \(value): no template has '\(key(of: value))' in its \(section)")
      }
    }
  }

  private func key(of value: String) -> String { String(value.prefix { $0 != "=" }) }
}

extension JSONValue {
  /// Whether a template has something of that name; what is in nested stacks is named by its path, `Network/Queue`.
  fileprivate func has(_ key: String, in section: String) -> Bool {
    self[section]?[String(key.prefix { $0 != "/" })] != nil
  }
}
