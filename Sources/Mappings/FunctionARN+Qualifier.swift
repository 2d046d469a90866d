extension FunctionARN {
  /// What a function's qualifier is where it is meant as it is now.
  public static let latest = "$LATEST"

  /// Without its qualifier.
  public var unqualified: FunctionARN {
    guard let qualifier else { return self }
    return FunctionARN(stored: String(description.dropLast(qualifier.utf8.count + 1)))
  }

  /// With a qualifier in any case: `$LATEST` where it has none.
  public var qualified: FunctionARN {
    qualifier == nil ? FunctionARN(stored: "\(description):\(Self.latest)") : self
  }

  /// Makes the ARN out of a name, which may have a qualifier, and a qualifier beside it, which then is the same.
  public init(naming text: String, qualifier: String?, in scope: Scope) throws(MappingError) {
    let named = try FunctionARN(naming: text, in: scope)
    guard let qualifier else {
      self = named
      return
    }
    guard named.qualifier ?? qualifier == qualifier else {
      // Recorded: test_lambda_eventinvokeconfig_exceptions.
      throw .invalidParameter(
        "The derived qualifier from the function name does not match the specified qualifier.")
    }
    self.init(stored: "\(named.unqualified):\(qualifier)")
  }
}
