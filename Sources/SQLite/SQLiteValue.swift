/// A value bound to a parameter of a statement.
public enum SQLiteValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// An integer.
  public static func integer(_ value: Int) -> SQLiteValue { .integer(Int64(value)) }

  /// A text, or null.
  public static func optional(_ value: String?) -> SQLiteValue { value.map { .text($0) } ?? .null }

  /// An integer, or null.
  public static func optional(_ value: Int64?) -> SQLiteValue { value.map { .integer($0) } ?? .null }
}
