/// What a request is signed with.
public struct AWSCredentials: Sendable, Equatable {
  /// Whose the signature is.
  public let accessKeyID: String
  /// What it is made with; never sent.
  public let secretAccessKey: String
  /// What belongs to credentials that are only lent.
  public let sessionToken: String?

  /// Credentials; an access key that is lent comes with a session token.
  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
  /// The access key id alone: credentials that are printed give no secret away.
  public var description: String { accessKeyID }
  /// The access key id alone.
  public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
