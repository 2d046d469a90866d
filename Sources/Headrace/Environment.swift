import Glibc

/// The environment's variables, read once.
struct Environment {
  /// All of them, for those who know which they read.
  let variables: [String: String]

  init(_ variables: [String: String]) {
    self.variables = variables
  }

  /// This process's.
  static var current: Environment {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return Environment(variables)
  }

  /// A variable; an empty one counts as not set.
  subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }
}
