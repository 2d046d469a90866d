public import LambdaWire

/// The use cases of event invoke configurations: what each operation of the API means. A function's ARN tells its
/// account and region.
///
/// Texts and answers are recorded ones (test_lambda_eventinvokeconfig_exceptions),
/// unless a comment says otherwise.
public struct EventInvokeConfigurations: Sendable {
  /// Most configurations of a page (the service model).
  public static let maximumPageSize = 50

  private let store: any EventInvokeConfigurationStore
  private let functions: (any FunctionInvoker)?
  private let now: @Sendable () -> Milliseconds

  /// - Parameter functions: who tells whether a function is there; nil where nobody can.
  public init(
    store: any EventInvokeConfigurationStore, functions: (any FunctionInvoker)? = nil,
    now: @escaping @Sendable () -> Milliseconds = { .now() }
  ) {
    self.store = store
    self.functions = functions
    self.now = now
  }

  /// `PutFunctionEventInvokeConfig`: what is not given is the default again.
  @discardableResult
  public func put(
    _ settings: EventInvokeSettings, of function: FunctionARN
  ) async throws(MappingError) -> EventInvokeConfiguration {
    try await check(settings, of: function)
    var configuration = EventInvokeConfiguration(function: function.qualified, modifiedAt: now())
    configuration.apply(settings)
    try await store.save(configuration)
    return configuration
  }

  /// `UpdateFunctionEventInvokeConfig`: what is not given stays as it is. A `DestinationConfig` is one setting, and
  /// replaced whole (assumed).
  @discardableResult
  public func update(
    _ settings: EventInvokeSettings, of function: FunctionARN
  ) async throws(MappingError) -> EventInvokeConfiguration {
    try await check(settings, of: function)
    let time = now()
    let changed = try await store.changeEventInvokeConfiguration(of: function) { configuration in
      configuration.apply(settings)
      configuration.modifiedAt = time
    }
    guard let changed else { throw Self.noConfiguration(of: function) }
    return changed
  }

  /// That of exactly this function and qualifier, or nil.
  public func configuration(of function: FunctionARN) throws(MappingError) -> EventInvokeConfiguration? {
    try store.eventInvokeConfiguration(of: function)
  }

  /// `GetFunctionEventInvokeConfig`.
  public func get(_ function: FunctionARN) throws(MappingError) -> EventInvokeConfiguration {
    guard let configuration = try configuration(of: function) else {
      throw Self.noConfiguration(of: function)
    }
    return configuration
  }

  /// `DeleteFunctionEventInvokeConfig`.
  public func delete(_ function: FunctionARN) async throws(MappingError) {
    guard try await store.removeEventInvokeConfiguration(of: function) else {
      throw Self.noConfiguration(of: function)
    }
  }

  /// `ListFunctionEventInvokeConfigs`: those of all qualifiers of the function; a qualifier of its name does not matter
  /// (assumed).
  public func list(
    _ request: ListFunctionEventInvokeConfigsRequest, in scope: Scope
  ) async throws(MappingError) -> EventInvokeConfigurationPage {
    try MappingService.checkingModel(request.validateModel)
    let function = try FunctionARN(naming: request.functionName, in: scope)
    var after: PageMarker?
    if let marker = request.marker, !marker.isEmpty {
      guard let parsed = PageMarker(token: marker) else { throw .invalidParameter("Invalid marker: '\(marker)'.") }
      after = parsed
    }
    try await checkExistence(of: function.unqualified)
    return try store.eventInvokeConfigurations(
      ofAnyQualifierOf: function, after: after,
      limit: min(request.maxItems ?? Self.maximumPageSize, Self.maximumPageSize))
  }

  private func check(_ settings: EventInvokeSettings, of function: FunctionARN) async throws(MappingError) {
    try MappingService.checkingModel { () throws(LambdaError) in try settings.validateModel() }
    guard !settings.isEmpty else {
      throw .invalidParameter("You must specify at least one of error handling or destination setting.")
    }
    try await checkExistence(of: function)
    guard let destinations = settings.destinationConfig else { return }
    try destinations.check(for: function)
    for destination in destinations.functions {
      guard case .missing? = await functions?.lookUp(destination) else { continue }
      throw .invalidParameter("The destination ARN \(destination) is invalid.")
    }
  }

  private func checkExistence(of function: FunctionARN) async throws(MappingError) {
    guard case .missing? = await functions?.lookUp(function) else { return }
    throw .notFound("The function doesn't exist.")
  }

  private static func noConfiguration(of function: FunctionARN) -> MappingError {
    .notFound("The function \(function.qualified) doesn't have an EventInvokeConfig")
  }
}

extension EventInvokeConfiguration {
  fileprivate mutating func apply(_ settings: EventInvokeSettings) {
    if let attempts = settings.maximumRetryAttempts { maximumRetryAttempts = attempts }
    if let age = settings.maximumEventAgeInSeconds { maximumEventAgeSeconds = age }
    if let destinations = settings.destinationConfig {
      (onSuccess, onFailure) = (destinations.success, destinations.failure)
    }
  }
}
