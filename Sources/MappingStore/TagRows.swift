import SQLite

/// The rows of `mapping_tags`.
extension Connection {
  func tags(of sequence: Int64) throws(SQLiteError) -> [String: String] {
    let pairs = try query("SELECT key, value FROM mapping_tags WHERE mapping = ?", [.integer(sequence)]) { row in
      (row.text(0), row.text(1))
    }
    return Dictionary(pairs) { $1 }
  }

  func set(tags: [String: String], of sequence: Int64) throws(SQLiteError) {
    for (key, value) in tags {
      try run(
        """
        INSERT INTO mapping_tags (mapping, key, value) VALUES (?, ?, ?)
        ON CONFLICT (mapping, key) DO UPDATE SET value = excluded.value
        """, [.integer(sequence), .text(key), .text(value)])
    }
  }

  func remove(tags keys: [String], of sequence: Int64) throws(SQLiteError) {
    for key in keys {
      try run("DELETE FROM mapping_tags WHERE mapping = ? AND key = ?", [.integer(sequence), .text(key)])
    }
  }
}
