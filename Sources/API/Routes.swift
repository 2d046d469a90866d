import HTTPServer
import HTTPTypes
import Logging

extension API {
  /// Every path that is answered, as `openapi.yaml` lists them.
  static let routes: [Router<Operation>.Route] =
    [
      .init(.post, "/2015-03-31/event-source-mappings", .createEventSourceMapping),
      .init(.post, "/2015-03-31/event-source-mappings/", .createEventSourceMapping),
      .init(.get, "/2015-03-31/event-source-mappings", .listEventSourceMappings),
      .init(.get, "/2015-03-31/event-source-mappings/", .listEventSourceMappings),
      .init(.get, "/2015-03-31/event-source-mappings/{UUID}", .getEventSourceMapping),
      .init(.put, "/2015-03-31/event-source-mappings/{UUID}", .updateEventSourceMapping),
      .init(.delete, "/2015-03-31/event-source-mappings/{UUID}", .deleteEventSourceMapping),

      .init(.get, "/2017-03-31/tags/{Resource}", .listTags),
      .init(.post, "/2017-03-31/tags/{Resource}", .tagResource),
      .init(.delete, "/2017-03-31/tags/{Resource}", .untagResource),

      .init(.post, "/2015-03-31/functions/{FunctionName}/invocations", .invoke),

      .init(
        .get, "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", .listFunctionEventInvokeConfigs),
      .init(.get, "/2019-09-25/functions/{FunctionName}/event-invoke-config", .getFunctionEventInvokeConfig),
      .init(.put, "/2019-09-25/functions/{FunctionName}/event-invoke-config", .putFunctionEventInvokeConfig),
      .init(.post, "/2019-09-25/functions/{FunctionName}/event-invoke-config", .updateFunctionEventInvokeConfig),
      .init(.delete, "/2019-09-25/functions/{FunctionName}/event-invoke-config", .deleteFunctionEventInvokeConfig),

      .init(.get, "/_headrace/functions", .listFunctionTargets),
      .init(.get, "/_headrace/functions/{Name}", .getFunctionTarget),
      .init(.put, "/_headrace/functions/{Name}", .putFunctionTarget),
      .init(.delete, "/_headrace/functions/{Name}", .deleteFunctionTarget),

      .init(.get, "/_headrace/stacks", .listStacks),
      .init(.get, "/_headrace/stacks/{StackName}", .getStack),
      .init(.post, "/_headrace/stacks/{StackName}", .applyStack),
      .init(.delete, "/_headrace/stacks/{StackName}", .deleteStack),

      .init(.get, "/_headrace/deliveries", .listDeliveries),

      .init(.post, "/_headrace/events/sns/{UUID}", .takeSNSMessage),
      .init(.post, "/_headrace/events/s3", .takeS3Notification),

      .init(.get, "/_headrace/health", .health),
      .init(.get, "/_headrace/openapi.yaml", .openAPI),
      .init(.post, "/_headrace/reset", .reset),
    ] + runtimeRoutes(behind: "/_headrace/runtime/{FunctionName}")
}

/// One operation: its name, as in the service model, and what answers it.
struct Operation: Sendable {
  let name: String
  /// At which level a request is logged: what machines ask all the time is no news.
  let logLevel: Logger.Level
  let answer: Action

  init(_ name: String, logLevel: Logger.Level = .info, _ answer: @escaping Action) {
    self.name = name
    self.logLevel = logLevel
    self.answer = answer
  }
}
