import JSON

/// What the patterns of names are filled with.
struct ResourceWords {
  let name: String
  let properties: ResourceProperties
  let stack: StackIdentity

  /// The word of that name; nil where the resource's properties do not tell it.
  subscript(word: Substring) -> String? {
    switch word {
    case "name": name
    case "account": stack.account
    case "region": stack.region
    case "partition": Partition(ofRegion: stack.region).name
    case "suffix": Partition(ofRegion: stack.region).dnsSuffix
    case "uuid": stable.uuid
    case "hexadecimal": stable.hexadecimal(17)
    case "six": stable.capitals(6)
    case "seventeen": stable.capitals(17)
    case "twenty-six": stable.capitals(26)
    case "path": properties.text("Path") ?? "/"
    case "website": Self.website(region: stack.region)
    case "registry": registry
    case "function": functionName
    default: nil
    }
  }

  private var stable: StableIdentifier { StableIdentifier("\(stack.account)/\(stack.region)/\(stack.name)/\(name)") }

  /// Older regions have a hyphen before their name, newer ones a dot
  /// (https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints).
  private static func website(region: String) -> String {
    "s3-website" + (regionsWithHyphen.contains(region) ? "-" : ".") + region
  }

  private static let regionsWithHyphen: Set<String> = [
    "us-east-1", "us-west-1", "us-west-2", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1",
    "sa-east-1", "us-gov-west-1",
  ]

  /// The registry that a schema is in; Glue has one by default.
  private var registry: String? {
    guard let registry = properties.object("Registry") else { return "default-registry" }
    return registry.text("Name") ?? registry.text("Arn")?.split(separator: "/").last.map(String.init)
  }

  /// The function that a version or an alias belongs to; its property may be the name, or an ARN of any length.
  private var functionName: String? {
    guard let text = properties.text("FunctionName"), !text.isEmpty else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    // NAME, ACCOUNT:function:NAME and arn:…:function:NAME, each with a qualifier behind it or none.
    let start = parts.firstIndex(of: "function").map { $0 + 1 } ?? 0
    guard parts.indices.contains(start), !parts[start].isEmpty else { return nil }
    return String(parts[start])
  }
}
