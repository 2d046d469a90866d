public import JSON

/// One thing that a stack has made: a mapping, an event-invoke config, a source.
public struct StackItem: Equatable, Sendable {
  /// Its CloudFormation type: a notification of a bucket is an `AWS::Lambda::EventSourceMapping` too.
  public var type: String
  /// The UUID of a mapping, the URL of a queue; empty while it is being made and nobody knows it yet.
  public var physicalID: String
  /// The name that it was given, where it has one.
  public var name: String
  /// What it is to be, resolved: of a mapping the API's request.
  public var properties: JSONValue
  /// What references to it give, by the names of `Fn::GetAtt`; `Ref` is that of `Ref`.
  public var attributes: [JSONMember]
  /// Whether it stays where it is when it leaves the stack: `DeletionPolicy: Retain`.
  public var isRetained: Bool
  /// Whether somebody else had made it: then it is never deleted.
  public var isAdopted: Bool
  /// Of a mapping: the tags that tell where it comes from.
  public var tags: [String: String]
  /// Which turn it was made in; what is made last goes first.
  public var turn: Int

  /// An item, made whole.
  public init(
    type: String, physicalID: String, name: String, properties: JSONValue, attributes: [JSONMember] = [],
    isRetained: Bool, isAdopted: Bool = false, tags: [String: String] = [:], turn: Int
  ) {
    self.type = type
    self.physicalID = physicalID
    self.name = name
    self.properties = properties
    self.attributes = attributes
    self.isRetained = isRetained
    self.isAdopted = isAdopted
    self.tags = tags
    self.turn = turn
  }

  /// Whether this and another are the same thing, whatever it is to be.
  func isSame(as other: StackItem) -> Bool {
    type == other.type && physicalID == other.physicalID && !physicalID.isEmpty
  }
}

/// An item's place in a stack, with what is needed to undo the application that is under way.
public struct StackEntry: Equatable, Sendable {
  /// What was there before the application that is under way.
  public enum Undo: Equatable, Sendable {
    /// It has not touched this.
    case untouched
    /// Nothing was there.
    case nothing
    /// This was there.
    case item(StackItem)
  }

  /// The logical id with its nested stacks, `Network/Queue`; where a resource makes several items, with a number:
  /// `Notifications#1`.
  public var key: String
  /// What is there, or is being made; nil where it is gone.
  public var item: StackItem?
  public var undo: Undo

  /// An entry.
  public init(key: String, item: StackItem?, undo: Undo = .untouched) {
    self.key = key
    self.item = item
    self.undo = undo
  }

  /// The logical id with its nested stacks.
  public var logicalID: String { String(key.prefix { $0 != "#" }) }
}
