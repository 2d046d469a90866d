import HTTPServer
import HTTPTypes
import LambdaWire

extension Operation {
  static let openAPI = Operation("OpenAPI") { _ in
    Response(
      status: .ok, fields: [.contentType: "application/yaml"], body: PackageResources.openapi_yaml)
  }
}
