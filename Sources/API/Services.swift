public import Functions
public import Logging
public import Mappings
public import Templates

/// What the API speaks for.
public struct Services: Sendable {
  public var mappings: MappingService
  public var eventInvokeConfigurations: EventInvokeConfigurations
  public var functions: Functions
  public var journal: any DeliveryJournal
  /// What takes invocations whose answers nobody waits for.
  public var asynchronous: any AsynchronousInvoker
  /// What takes the events that servers post.
  public var intake: any EventIntake
  public var stacks: Stacks
  public var logger: Logger
  /// Where requests of Lambda go that Headrace does not serve; nil where there is nobody to ask.
  public var lambda: LambdaPassThrough?
  /// Addresses that are Headrace itself: a target there would be called by itself.
  public var isHeadraceItself: @Sendable (HTTPAddress) -> Bool
  /// Opens the Runtime API on ports of its own.
  public var runtimePorts: RuntimePorts

  /// What the API speaks for.
  public init(
    mappings: MappingService, eventInvokeConfigurations: EventInvokeConfigurations, functions: Functions,
    journal: any DeliveryJournal, asynchronous: any AsynchronousInvoker, intake: any EventIntake, stacks: Stacks,
    lambda: LambdaPassThrough?, runtimePorts: RuntimePorts, logger: Logger,
    isHeadraceItself: @escaping @Sendable (HTTPAddress) -> Bool = { _ in false }
  ) {
    self.mappings = mappings
    self.eventInvokeConfigurations = eventInvokeConfigurations
    self.functions = functions
    self.journal = journal
    self.asynchronous = asynchronous
    self.intake = intake
    self.stacks = stacks
    self.lambda = lambda
    self.logger = logger
    self.runtimePorts = runtimePorts
    self.isHeadraceItself = isHeadraceItself
  }
}
