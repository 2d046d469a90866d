import HTTPServer
import HTTPTypes

extension API {
  /// Every path that is answered, as `openapi.yaml` lists them.
  static let routes: [Router<Operation>.Route] = [
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

    .init(.get, "/_headrace/health", .health),
    .init(.get, "/_headrace/openapi.yaml", .openAPI),
    .init(.post, "/_headrace/reset", .reset),
  ]
}

/// One operation: its name, as in the service model, and what answers it.
struct Operation: Sendable {
  let name: String
  let answer: Action

  init(_ name: String, _ answer: @escaping Action) {
    self.name = name
    self.answer = answer
  }
}
