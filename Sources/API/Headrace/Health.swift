import HTTPServer
import HTTPTypes
import LambdaWire

extension Operation {
  static let health = Operation("Health") { _ in
    .json(.ok, Array(#"{"status":"ok","version":"\#(API.version)"}"#.utf8))
  }
}
