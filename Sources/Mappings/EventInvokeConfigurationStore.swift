/// Where event invoke configurations are kept, one for each function with its qualifier. No qualifier is `$LATEST`.
///
/// What a writing call did is on disk when it returns; when it throws, nothing was changed.
public protocol EventInvokeConfigurationStore: Sendable {
  /// That of exactly this function and qualifier.
  func eventInvokeConfiguration(of function: FunctionARN) throws(MappingError) -> EventInvokeConfiguration?

  /// A page of those of a function, whatever their qualifiers, in the order in which they were first made.
  func eventInvokeConfigurations(
    ofAnyQualifierOf function: FunctionARN, after marker: PageMarker?, limit: Int
  ) throws(MappingError) -> EventInvokeConfigurationPage

  /// Adds a configuration, or replaces that of its function and qualifier.
  func save(_ configuration: EventInvokeConfiguration) async throws(MappingError)

  /// Changes one, with no other change in between.
  /// - Returns: what became of it; nil where there is none.
  func changeEventInvokeConfiguration(
    of function: FunctionARN, _ change: @escaping @Sendable (inout EventInvokeConfiguration) -> Void
  ) async throws(MappingError) -> EventInvokeConfiguration?

  /// - Returns: whether there was one.
  func removeEventInvokeConfiguration(of function: FunctionARN) async throws(MappingError) -> Bool
}
