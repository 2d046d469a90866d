import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let tagResource = Operation("TagResource") { call in
    if let answer = try await call.forwardedTagging() { return answer }
    let tags = try call.body(TagsBody.self).tags
    try await call.mappings.tag(call.pathValue, tags, in: call.scope)
    return Response(status: .noContent)
  }
}
