public import JSON

/// What became of a resource: who it is, and what references to it give.
public struct RealizedResource: Equatable, Sendable {
  /// The name, the ARN or the URL that its service knows it by, and that it is changed and deleted by.
  public var physicalID: String
  /// What `Fn::GetAtt` gives, by the attribute's name; what `Ref` gives stands under `Ref`.
  public var attributes: [String: JSONValue]

  /// A resource that is there.
  public init(physicalID: String, attributes: [String: JSONValue]) {
    self.physicalID = physicalID
    self.attributes = attributes
  }
}
