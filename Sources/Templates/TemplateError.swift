/// Why a template cannot be applied: one clear sentence, and the resource that it is about.
public struct TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The resource, with the nested stacks that it is in: `Network/Queue`. Nil where the template as a whole is meant.
  public var logicalID: String?
  /// A sentence for whoever wrote the template.
  public var message: String

  /// What is wrong, and where.
  public init(_ message: String, at logicalID: String? = nil) {
    self.message = message
    self.logicalID = logicalID
  }

  public var description: String { logicalID.map { "\($0): \(message)" } ?? message }
}
