import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let untagResource = Operation("UntagResource") { call in
    if let answer = try await call.forwardedTagging() { return answer }
    let keys = try call.query().values(of: "tagKeys")
    try await call.mappings.untag(call.pathValue, keys.isEmpty ? nil : keys, in: call.scope)
    return Response(status: .noContent)
  }
}
