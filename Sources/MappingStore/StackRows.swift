import JSON
import SQLite
import Templates

/// The rows of `stacks` and `stack_entries`.
extension Connection {
  func save(_ record: StackRecord) throws(SQLiteError) {
    // No `OR REPLACE`: the entries would go with the row.
    try run(
      """
      INSERT INTO stacks (account, region, name, status, reason, created_at, updated_at, outputs, imports)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account, region, name) DO UPDATE
      SET status = excluded.status, reason = excluded.reason, created_at = excluded.created_at,
          updated_at = excluded.updated_at, outputs = excluded.outputs, imports = excluded.imports
      """,
      record.identity.values + [
        .text(record.status.rawValue), .optional(record.statusReason), .integer(record.createdAt),
        .integer(record.updatedAt), .text(JSONValue.array(record.outputs.map(\.json)).text),
        .text(JSONValue.array(record.imports.map { .string($0) }).text),
      ])
  }
}

extension StackIdentity {
  /// The columns that name a stack.
  var values: [SQLiteValue] { [.text(account), .text(region), .text(name)] }
}

extension StackRecord {
  static let columns = """
    SELECT account, region, name, status, reason, created_at, updated_at, outputs, imports FROM stacks
    """

  init(_ row: Row) throws(SQLiteError) {
    guard let status = Status(rawValue: row.text(3)) else {
      throw .unreadable("the stack \(row.text(2)) has status '\(row.text(3))'")
    }
    self.init(
      identity: StackIdentity(name: row.text(2), account: row.text(0), region: row.text(1)), status: status,
      statusReason: row.optionalText(4), createdAt: row.integer(5), updatedAt: row.integer(6),
      outputs: try JSONValue(stored: row.text(7)).elements.compactMap(Output.init),
      imports: try JSONValue(stored: row.text(8)).elements.compactMap(\.string))
  }
}

extension StackRecord.Output {
  fileprivate var json: JSONValue {
    var members = [JSONMember("name", .string(name)), JSONMember("value", value)]
    if let exportName { members.append(JSONMember("exportName", .string(exportName))) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let value = json["value"] else { return nil }
    self.init(name: name, value: value, exportName: json["exportName"]?.string)
  }
}

extension StackEntry {
  init(_ row: Row) throws(SQLiteError) {
    let item = try row.optionalText(1).map { (text) throws(SQLiteError) in try StackItem(stored: text) }
    let undo: Undo =
      switch row.optionalText(2) {
      case nil: .untouched
      case "null": .nothing
      case .some(let text): .item(try StackItem(stored: text))
      }
    self.init(key: row.text(0), item: item, undo: undo)
  }
}

extension StackEntry.Undo {
  /// As it is kept; nil for NULL.
  var json: JSONValue? {
    switch self {
    case .untouched: nil
    case .nothing: .null
    case .item(let item): item.json
    }
  }
}

extension StackItem {
  var json: JSONValue {
    [
      "type": .string(type), "physicalID": .string(physicalID), "name": .string(name), "properties": properties,
      "attributes": .object(attributes), "isRetained": .bool(isRetained), "isAdopted": .bool(isAdopted),
      "tags": .object(tags.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) }),
      "turn": .number(JSONNumber(turn)),
    ]
  }

  init(stored text: String) throws(SQLiteError) {
    let json = try JSONValue(stored: text)
    guard let type = json["type"]?.string, let physicalID = json["physicalID"]?.string,
      let name = json["name"]?.string, let properties = json["properties"],
      case .object(let attributes)? = json["attributes"], case .object(let tags)? = json["tags"],
      case .number(let turn)? = json["turn"]
    else { throw .unreadable("an item of a stack: \(text.prefix(200))") }
    self.init(
      type: type, physicalID: physicalID, name: name, properties: properties, attributes: attributes,
      isRetained: json["isRetained"] == .bool(true), isAdopted: json["isAdopted"] == .bool(true),
      tags: Dictionary(tags.map { ($0.name, $0.value.string ?? "") }, uniquingKeysWith: { $1 }),
      turn: Int(turn.text) ?? 0)
  }
}

extension JSONValue {
  fileprivate init(stored text: String) throws(SQLiteError) {
    do throws(JSONParseError) { self = try JSONValue(parsing: Array(text.utf8)) } catch {
      throw .unreadable("JSON of a stack: \(error)")
    }
  }

  fileprivate var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  fileprivate var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }
}
