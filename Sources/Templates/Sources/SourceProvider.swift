public import JSON

/// A resource type that can be made at the configured endpoints.
///
/// Properties come resolved, as the template has them. Those that matter to what reads the source are looked at, and
/// others of the type (tags, keys of encryption, …) are left aside. Scalars may be texts where numbers and booleans are
/// meant (`"30"`, `"true"`), and the other way round: CloudFormation takes both.
///
/// Every error is one sentence without a logical id: what was tried, and what the service said or which endpoint does
/// not answer.
public protocol SourceProvider: Sendable {
  /// The resource of that name, whoever made it; nil where there is none.
  func lookUp(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource?

  /// Makes the resource and returns when it can be used. One that is there already is adopted, and brought in line where
  /// that is a plain set of attributes.
  func create(name: String, _ properties: JSONValue) async throws(TemplateError) -> RealizedResource

  /// What it means to go from the old properties to the new ones. Calls nobody.
  func change(from old: JSONValue, to new: JSONValue) -> SourceChange

  /// Changes what can be changed in place. A property that is no longer there goes back to its default.
  func update(
    _ resource: RealizedResource, from old: JSONValue, to new: JSONValue
  ) async throws(TemplateError) -> RealizedResource

  /// Deletes the resource with all that is in it; only a bucket must be empty. One that is gone already is no error.
  func delete(_ resource: RealizedResource) async throws(TemplateError)
}
