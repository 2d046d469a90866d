public import JSON

/// What an application did, or a plan would do.
public struct StackOutcome: Equatable, Sendable {
  /// One item that is made, changed or taken away.
  public struct Change: Equatable, Sendable {
    /// CloudFormation's words.
    public enum Action: String, Sendable {
      case add = "Add"
      case modify = "Modify"
      case remove = "Remove"
    }

    /// One property that changes; nil where it is not there.
    public struct Detail: Equatable, Sendable {
      public var property: String
      public var before: JSONValue?
      public var after: JSONValue?
    }

    public var action: Action
    public var logicalID: String
    public var type: String
    /// Empty where a plan cannot know it yet.
    public var physicalID: String
    /// Whether a new one takes the place of the old one.
    public var isReplacement = false
    /// Whether it stays where it is though it leaves the stack.
    public var isRetained = false
    public var details: [Detail] = []
    /// Properties that are known only when other things are there.
    public var knownLater: [String] = []
  }

  /// A resource that nothing is done for.
  public struct Ignored: Equatable, Sendable {
    public var logicalID: String
    public var type: String
  }

  /// A function that the template defines: whoever runs it has to know its name.
  public struct Function: Equatable, Sendable {
    public var logicalID: String
    public var name: String
  }

  public var record: StackRecord
  public var changes: [Change] = []
  /// How many items are as they should be.
  public var unchanged = 0
  public var ignored: [Ignored] = []
  public var functions: [Function] = []
  /// What could not be taken away, each a sentence; the next application tries again.
  public var leftovers: [String] = []
}
