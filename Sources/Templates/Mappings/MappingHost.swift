public import JSON

/// What makes the mappings of a stack: the API's own use cases, behind which the templates know nothing.
///
/// Requests are the bodies of `CreateEventSourceMapping`. Errors carry no logical id; the stack adds it.
public protocol MappingHost: Sendable {
  /// An id for a mapping that is to be made.
  func newID() -> String

  /// Looks at a request as the API would, but for what only the world outside can tell: whether the function and the
  /// source are there.
  func check(_ request: JSONValue) throws(TemplateError)

  /// Whether a mapping is there.
  func exists(_ id: String) throws(TemplateError) -> Bool

  /// Makes a mapping with that id.
  /// - Parameter tags: the tags that begin with `aws:`, which no client may set, beside those of the request.
  func create(_ id: String, _ request: JSONValue, tags: [String: String]) async throws(TemplateError)

  /// Makes a mapping what a request says: what that does not name goes back to its default. What an update cannot
  /// change is what it was.
  func update(_ id: String, to request: JSONValue) async throws(TemplateError)

  /// Deletes a mapping; one that is gone is no error.
  func delete(_ id: String) async throws(TemplateError)

  /// The mappings of a bucket, whoever made them: their ids, and the requests that would make them again.
  func mappings(ofSource arn: String) throws(TemplateError) -> [(id: String, request: JSONValue)]

  /// The ARN of a mapping.
  func arn(of id: String) -> String

  /// The settings of a function's asynchronous invocation as a body of `PutFunctionEventInvokeConfig`; nil for none.
  func eventInvokeConfig(_ function: String, qualifier: String) throws(TemplateError) -> JSONValue?

  /// Sets them; nil takes them away.
  func setEventInvokeConfig(_ function: String, qualifier: String, to config: JSONValue?) async throws(TemplateError)
}
