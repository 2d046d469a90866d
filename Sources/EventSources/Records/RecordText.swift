import JSON

/// Writes records member by member out of pieces of JSON.
struct RecordText {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  /// Begins a record.
  mutating func begin() {
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  mutating func member(_ name: StaticString, _ value: some Collection<UInt8>) {
    key(name)
    bytes.append(contentsOf: value)
  }

  mutating func member(_ name: some Collection<UInt8>, _ value: some Collection<UInt8>) {
    key(name)
    bytes.append(contentsOf: value)
  }

  /// A value that AWS writes as a string, whatever the source wrote.
  mutating func member(_ name: StaticString, text value: JSONFragment) {
    key(name)
    string(value)
  }

  mutating func member(_ name: some Collection<UInt8>, text value: JSONFragment) {
    key(name)
    string(value)
  }

  mutating func open(_ name: StaticString) {
    key(name)
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  mutating func open(_ name: some Collection<UInt8>) {
    key(name)
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  mutating func close() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Appends what is written already.
  mutating func append(_ piece: some Collection<UInt8>) {
    bytes.append(contentsOf: piece)
  }

  private mutating func string(_ value: JSONFragment) {
    if value.isString || value.isObject || value.isArray { return bytes.append(contentsOf: value.token) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: value.token)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func key(_ name: StaticString) {
    comma()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func key(_ token: some Collection<UInt8>) {
    comma()
    bytes.append(contentsOf: token)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func comma() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}
