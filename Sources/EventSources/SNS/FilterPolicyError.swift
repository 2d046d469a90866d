import EventPatterns

/// Why a filter policy is not valid. The description is SNS's own text where AWS was recorded giving it
/// (localstack/localstack, tests/aws/services/sns/test_sns_filter_policy.snapshot.json), in the form of
/// SetSubscriptionAttributes.
enum FilterPolicyError: Error, Equatable, Sendable {
  /// What EventBridge's language would not have either.
  case language(EventPatternError)
  case nested
  case tooManyKeys(limit: Int)
  case tooComplex
  case tooLarge(limit: Int)
  case numberOutOfRange(String)
  case tooManyDecimals(String)
}

extension FilterPolicyError: CustomStringConvertible {
  var description: String {
    let prefix = "Invalid parameter: FilterPolicy: "
    return switch self {
    case .language(.notJSON(let error)): "\(prefix)failed to parse JSON. \(error)"
    case .language(let error): prefix + error.reason
    // Recorded: this text alone does not name the parameter.
    case .nested: "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy"
    case .tooManyKeys(let limit): "\(prefix)Filter policy can not have more than \(limit) keys"
    case .tooComplex: "\(prefix)Filter policy is too complex"
    // Documented limits; the texts are ours.
    case .tooLarge(let limit): "\(prefix)Filter policy can not be larger than \(limit) bytes"
    case .numberOutOfRange(let text): "\(prefix)Value must be between -1.0E9 and 1.0E9, inclusive: \(text)"
    case .tooManyDecimals(let text): "\(prefix)Only values up to 5 decimals are supported: \(text)"
    }
  }
}
