import HTTPServer
import HTTPTypes

extension API {
  /// The paths of the Lambda Runtime API, as every runtime speaks it: behind a prefix that names the function, or alone
  /// on a port that stands for one (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
  static func runtimeRoutes(behind prefix: String) -> [Router<Operation>.Route] {
    [
      .init(.get, prefix + "/2018-06-01/runtime/invocation/next", .nextInvocation),
      .init(.post, prefix + "/2018-06-01/runtime/invocation/{AwsRequestId}/response", .invocationResponse),
      .init(.post, prefix + "/2018-06-01/runtime/invocation/{AwsRequestId}/error", .invocationError),
      .init(.post, prefix + "/2018-06-01/runtime/init/error", .initializationError),
    ]
  }
}
