import JSON

/// A folder that `cdk synth` wrote: its stacks, and those of its stages
/// (https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html).
struct CloudAssembly {
  private static let stackType = "aws:cloudformation:stack"
  private static let assemblyType = "cdk:cloud-assembly"
  private static let maximumDepth = 10

  /// In the order in which they are applied: each behind those that it depends on.
  let stacks: [StackSource]

  init(folder: String, depth: Int = 0) throws(TemplateError) {
    let path = "\(folder)/manifest.json"
    guard depth <= Self.maximumDepth else { throw TemplateError("\(path): stages are nested too deep") }
    guard (try? TemplateFile.kind(of: path)) == .file else {
      throw TemplateError("\(folder): a folder without manifest.json is none that `cdk synth` wrote")
    }
    guard case .object(let artifacts)? = try TemplateFile.parse(path)["artifacts"] else {
      throw TemplateError("\(path): there are no artifacts in it")
    }
    var stacks: [StackSource] = []
    for artifact in try Self.inOrder(artifacts, path) {
      let properties = artifact.value["properties"]
      switch artifact.value["type"]?.string {
      case Self.stackType?:
        guard let file = properties?["templateFile"]?.string else {
          throw TemplateError("\(path): the stack '\(artifact.name)' has no templateFile")
        }
        stacks.append(
          StackSource(
            name: properties?["stackName"]?.string ?? artifact.name,
            region: Self.region(artifact.value["environment"]?.string),
            template: try NestedTemplates.read("\(folder)/\(file)")))
      case Self.assemblyType?:
        guard let directory = properties?["directoryName"]?.string else {
          throw TemplateError("\(path): the stage '\(artifact.name)' has no directoryName")
        }
        stacks += try CloudAssembly(folder: "\(folder)/\(directory)", depth: depth + 1).stacks
      default: continue
      }
    }
    self.stacks = stacks
  }

  /// Of `aws://123456789012/eu-west-1`; the account is always Headrace's own, as an emulator's is.
  private static func region(_ environment: String?) -> String? {
    guard let region = environment?.split(separator: "/").last.map(String.init), region != "unknown-region" else {
      return nil
    }
    return region
  }

  /// The artifacts in the manifest's order, each behind its dependencies.
  private static func inOrder(
    _ artifacts: [JSONMember], _ path: String
  ) throws(TemplateError) -> [JSONMember] {
    var ordered: [JSONMember] = []
    var placed: Set<String> = []
    var left = artifacts
    while !left.isEmpty {
      let names = Set(left.map(\.name))
      // One at a time, so that the manifest's order stays wherever it can.
      let next = left.firstIndex { artifact in
        (artifact.value["dependencies"]?.elements ?? []).allSatisfy { dependency in
          dependency.string.map { placed.contains($0) || !names.contains($0) } ?? true
        }
      }
      guard let next else {
        throw TemplateError("\(path): Circular dependency between [\(names.sorted().joined(separator: ", "))]")
      }
      placed.insert(left[next].name)
      ordered.append(left.remove(at: next))
    }
    return ordered
  }
}
