public import JSON

/// Why a pattern is not valid. The description is EventBridge's own text where AWS was recorded giving it
/// or publishes it, or SNS's, which has the same reader; Lambda itself tells its clients only that the
/// definition is invalid.
public enum EventPatternError: Error, Equatable, Sendable {
  // The document
  case notJSON(JSONParseError)
  case notAnObject
  case emptyObject
  case notAnObjectOrArray(String)
  case emptyArray
  case nestedArray
  case repeatedPath(String)
  case tooDeep(limit: Int)
  case reservedNameInOr(String)
  case tooManyCombinations(limit: Int)

  // Operators and their operands
  case ruleWithoutOperator
  case unknownOperator(String)
  case unsupportedOperator(String, in: String)
  case severalOperators
  case operandNotString(of: String)
  case existsOperand

  // anything-but
  case anythingButOperand
  case anythingButElement
  case anythingButIgnoreCaseElement
  case anythingButMixedOrEmpty
  case emptyAffix

  // numeric
  case numericOperand
  case notAComparison(String)
  case notASecondComparison(String)
  case unknownComparison(String)
  case notAnUpperBound(String)
  case boundNotNumeric(String)
  case tooManyNumericTerms
  case tooManyRangeTerms
  case emptyNumericRange
  case numberOutOfRange(String)
  case tooManyDecimals(String)

  // wildcard
  case consecutiveWildcards(position: Int)
  case wildcardEscape(position: Int)
  case wildcardTooComplex

  // cidr
  case cidrWithoutSlash
  case cidrMaskNotInteger
  case cidrMaskNegative
  case cidrMaskTooLong(version: Int, limit: Int)
  case invalidIPAddress(String)
  case nonstandardIPAddress(String)
}

extension EventPatternError: CustomStringConvertible {
  /// The whole message, as EventBridge words it.
  public var description: String { "Event pattern is not valid. Reason: \(reason)" }

  /// What is wrong.
  public var reason: String {
    switch self {
    case .notJSON(let error): "Not a JSON document: \(error)"
    case .notAnObject: "Filter is not an object"
    case .emptyObject: "Empty objects are not allowed"
    case .notAnObjectOrArray(let name): "\"\(name)\" must be an object or an array"
    case .emptyArray: "Empty arrays are not allowed"
    case .nestedArray: "Match value must be String, number, true, false, or null"
    case .repeatedPath(let path): "Path `\(path)` cannot be allowed multiple times"
    case .tooDeep(let limit): "More than \(limit) levels"
    case .reservedNameInOr(let name):
      "\(name) is Ruler reserved fieldName which cannot be used inside $or."
    case .tooManyCombinations(let limit): "More than \(limit) combinations of $or"

    case .ruleWithoutOperator: "Match expression name not found"
    case .unknownOperator(let name): "Unrecognized match type \(name)"
    case .unsupportedOperator(let name, let outer): "Unsupported \(outer) pattern: \(name)"
    case .severalOperators: "Only one key allowed in match expression"
    case .operandNotString(let name): "\(name) match pattern must be a string"
    case .existsOperand: "exists match pattern must be either true or false."

    case .anythingButOperand: "Value of anything-but must be an array or single string/number value."
    case .anythingButElement: "Inside anything but list, start|null|boolean is not supported."
    case .anythingButIgnoreCaseElement:
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
    case .anythingButMixedOrEmpty:
      "Inside anything but list, either all values are number or string, mixed type is not supported"
    case .emptyAffix: "Null prefix/suffix not allowed"

    case .numericOperand: "Value of numeric must be an array."
    case .notAComparison(let text): "Invalid member in numeric match: \(text)"
    case .notASecondComparison(let text): "Bad value in numeric range: \(text)"
    case .unknownComparison(let text): "Unrecognized numeric range operator: \(text)"
    case .notAnUpperBound(let text): "Bad numeric range operator: \(text)"
    case .boundNotNumeric(let name): "Value of \(name) must be numeric"
    case .tooManyNumericTerms: "Too many elements in numeric expression"
    case .tooManyRangeTerms: "Too many terms in numeric range expression"
    case .emptyNumericRange: "Bottom must be less than top"
    case .numberOutOfRange(let text): "Value must be between -5.0E9 and 5.0E9, inclusive: \(text)"
    case .tooManyDecimals(let text): "Only values up to 6 decimals are supported: \(text)"

    case .consecutiveWildcards(let position): "Consecutive wildcard characters at pos \(position)"
    case .wildcardEscape(let position): "Invalid escape character at pos \(position)"
    case .wildcardTooComplex:
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
        + "after a wildcard character"

    case .cidrWithoutSlash: "Malformed CIDR, one '/' required"
    case .cidrMaskNotInteger: "Malformed CIDR, mask bits must be an integer"
    case .cidrMaskNegative: "Malformed CIDR, mask bits must not be negative"
    case .cidrMaskTooLong(let version, let limit): "IPv\(version) mask bits must be < \(limit)"
    case .invalidIPAddress(let text): "Invalid IP address: \(text)"
    case .nonstandardIPAddress(let text): "Nonstandard IP address: \(text)"
    }
  }
}
