import Foundation
import JSON
import Testing

@testable import Templates

@Suite struct StackSourceTests {
  /// A folder with files, which goes when the test ends.
  private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "headrace-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(folder.path())
  }

  private static let empty = #"{"Resources": {}}"#

  /// A template that nests others.
  private static func nesting(_ files: String...) -> String {
    let resources = files.enumerated().map {
      #""N\#($0)": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "\#($1)"}}"#
    }
    return #"{"Resources": {\#(resources.joined(separator: ","))}}"#
  }

  private static func stack(
    _ file: String, name: String? = nil, environment: String = "aws://unknown-account/unknown-region",
    needs: [String] = []
  ) -> String {
    let stackName = name.map { #", "stackName": "\#($0)""# } ?? ""
    return
      #"{"type": "aws:cloudformation:stack", "environment": "\#(environment)", "properties": {"templateFile": "\#(file)"\#(stackName)}, "dependencies": [\#(needs.map { "\"\($0)\"" }.joined(separator: ","))]}"#
  }

  @Test func stacksComeBehindThoseThatTheyDependOn() throws {
    let manifest = #"""
      {"artifacts": {"Tree": {"type": "cdk:tree"}, "B": \#(Self.stack("b.json", needs: ["A", "A.assets"])),
       "A.assets": {"type": "cdk:asset-manifest"}, "A": \#(Self.stack("a.json", name: "first", environment: "aws://123456789012/eu-west-1")),
       "stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-stage"}, "dependencies": ["B"]}}}
      """#
    let inner = #"{"artifacts": {"C": \#(Self.stack("c.json"))}}"#
    try withFolder([
      "manifest.json": manifest, "a.json": Self.empty, "b.json": Self.empty, "assembly-stage/manifest.json": inner,
      "assembly-stage/c.json": Self.empty,
    ]) { folder in
      let stacks = try StackSource.read(folder)
      #expect(stacks.map(\.name) == ["first", "B", "C"])
      #expect(stacks.map(\.region) == ["eu-west-1", nil, nil])
    }
  }

  @Test func nestedTemplatesAreReadWhereverTheyAre() throws {
    try withFolder([
      "outer.yaml":
        "Resources:\n  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner/a.json}}\n  B: {Type: AWS::CloudFormation::Stack, Metadata: {'aws:asset:path': b.json}, Properties: {TemplateURL: !Sub 'https://x'}}\n  C: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://x/y}}\n  D: {Type: AWS::Serverless::Application, Properties: {Location: b.json}}\n",
      "inner/a.json":
        #"{"Resources": {"X": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "../b.json"}}}}"#,
      "b.json": Self.empty,
    ]) { folder in
      let resources = try StackSource.read("\(folder)/outer.yaml")[0].template["Resources"]
      func nested(_ resource: JSONValue?) -> JSONValue? { resource?["Metadata"]?[StackModel.nestedTemplate] }
      #expect(nested(nested(resources?["A"])?["Resources"]?["X"]) == ["Resources": [:]])
      #expect(nested(resources?["B"]) == ["Resources": [:]])
      #expect(nested(resources?["C"]) == nil)
      #expect(nested(resources?["D"]) == ["Resources": [:]])
    }
  }

  /// As `app.synth()` writes them: the URL is an expression, and the template is an asset that would be uploaded there.
  @Test func nestedTemplatesAreFoundAmongTheAssets() throws {
    let url =
      #"{"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/", {"Fn::Sub": "cdk-${AWS::AccountId}"}, "/NAME"]]}"#
    func nesting(_ name: String) -> String {
      Self.nesting("URL").replacingOccurrences(of: #""URL""#, with: url.replacingOccurrences(of: "NAME", with: name))
    }
    func asset(_ file: String, _ key: String) -> String {
      #""x\#(key)": {"source": {"path": "\#(file)", "packaging": "file"}, "destinations": {"here": {"bucketName": "cdk-${AWS::AccountId}", "objectKey": "\#(key)"}}}"#
    }
    try withFolder([
      "manifest.json": #"{"artifacts": {"A": \#(Self.stack("A.template.json"))}}"#,
      "A.template.json": nesting("1f.json"), "Inner.nested.template.json": nesting("2f.json"),
      "Deeper.nested.template.json": Self.empty,
      "A.assets.json":
        #"{"files": {\#(asset("Inner.nested.template.json", "1f.json")), \#(asset("Deeper.nested.template.json", "prefix/2f.json"))}}"#,
    ]) { folder in
      for path in [folder, "\(folder)/A.template.json"] {
        let template = try StackSource.read(path)[0].template
        let inner = template["Resources"]?["N0"]?["Metadata"]?[StackModel.nestedTemplate]
        #expect(inner?["Resources"]?["N0"]?["Metadata"]?[StackModel.nestedTemplate] == ["Resources": [:]])
      }
    }
  }

  @Test func templatesThatNestTwoOthersEachHaveAnEnd() throws {
    var files = ["t16.json": Self.empty]
    for level in 0..<16 { files["t\(level).json"] = Self.nesting("t\(level + 1).json", "./t\(level + 1).json") }
    try withFolder(files) { folder in
      #expect {
        try StackSource.read("\(folder)/t0.json")
      } throws: { error in
        "\(error)".contains("more than 2500 nested stacks")
      }
    }
  }

  @Test(arguments: [
    ("a/b/shop.template.json", "shop"), ("orders_api.yaml", "orders-api"), ("x.yml", "x"), ("Shop", "Shop"),
    ("1-first.json", "first"), ("ü.json", "stack"), ("123.yaml", "stack-123"),
  ]) func aFileGivesItsStackAName(path: String, name: String) {
    #expect(StackSource.name(ofFile: path) == name)
  }

  @Test(
    arguments: [
      (["manifest.json": "{}"], "", "there are no artifacts"), (["x": ""], "", "is none that `cdk synth` wrote"),
      ([:], "/nothing", "there is no such file or folder"), (["t.json": "{"], "/t.json", "not valid JSON"),
      (
        ["manifest.json": #"{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {}}}}"#], "",
        "has no templateFile"
      ),
      (["manifest.json": #"{"artifacts": {"A": \#(stack("gone.json"))}}"#], "", "gone.json"),
      (
        ["manifest.json": #"{"artifacts": {"A": \#(stack("a", needs: ["B"])), "B": \#(stack("a", needs: ["A"]))}}"#],
        "", "Circular dependency"
      ),
      (
        [
          "t.json":
            #"{"Resources": {"A": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "t.json"}}}}"#
        ], "/t.json", "the template is nested in itself"
      ),
      (
        ["a/t.json": nesting("b.json"), "a/b.json": nesting("../a/t.json")], "/a/t.json",
        "the template is nested in itself"
      ),
    ] as [([String: String], String, String)])
  func whatCannotBeReadIsOneErrorWithItsPath(files: [String: String], path: String, text: String) throws {
    try withFolder(files.isEmpty ? ["x": ""] : files) { folder in
      #expect {
        try StackSource.read(folder + path)
      } throws: { error in
        "\(error)".contains(text) && "\(error)".contains(folder)
      }
    }
  }
}
