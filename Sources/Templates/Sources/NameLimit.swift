public import JSON

/// What a name of a resource type may be, where one is made up for it.
public struct NameLimit: Equatable, Sendable {
  /// The most characters, the suffix included.
  public var maximumLength: Int
  /// Whether capitals are not allowed.
  public var isLowerCase: Bool
  /// The boolean property that gives the name the suffix `.fifo`; nil where the type has none.
  var fifoProperty: String?

  /// A limit.
  init(_ maximumLength: Int, isLowerCase: Bool = false, fifoProperty: String? = nil) {
    self.maximumLength = maximumLength
    self.isLowerCase = isLowerCase
    self.fifoProperty = fifoProperty
  }

  /// What the name must end with, given the resource's properties: `.fifo` for FIFO queues and topics, else nothing.
  public func suffix(properties: JSONValue) -> String {
    guard let fifoProperty, ResourceProperties(properties).isTrue(fifoProperty) else { return "" }
    return ".fifo"
  }
}
