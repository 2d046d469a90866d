/// Why a stack is not what was asked for.
public enum StackError: Error, Equatable, Sendable {
  /// The template, or what it wants, cannot be; nothing was changed.
  case refused(TemplateError)
  /// Something failed half way, and all that was done before it was undone.
  case rolledBack(TemplateError)
  /// Something failed half way, and what was there before could not be restored.
  case notRolledBack(TemplateError, because: String)
  /// There is no such stack.
  case notFound(String)
  /// Something is being done with the stack already.
  case busy(String)
  /// What is exported is imported by another stack.
  case inUse(String)
  /// The database failed.
  case store(String)
}
