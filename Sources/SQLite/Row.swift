import CSQLite

/// The current row of a query; its columns count from 0.
public struct Row {
  private let statement: OpaquePointer

  init(_ statement: OpaquePointer) {
    self.statement = statement
  }

  /// An integer column; 0 where it is null.
  public func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(statement, column)
  }

  /// A text column; empty where it is null.
  public func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(statement, column) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// A text or blob column's bytes; empty where it is null.
  public func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    let count = Int(sqlite3_column_bytes(statement, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Whether the column is null.
  public func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(statement, column) == SQLITE_NULL
  }

  /// An integer column, or nil where it is null.
  public func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// A text column, or nil where it is null.
  public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}
