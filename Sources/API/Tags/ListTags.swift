import HTTPServer
import HTTPTypes
import LambdaWire
import Mappings

extension Operation {
  static let listTags = Operation("ListTags") { call in
    if let answer = try await call.forwardedTagging() { return answer }
    let tags = try call.mappings.tags(of: call.pathValue, in: call.scope)
    return .json(.ok, try WireCoding.encode(TagsBody(tags: tags)))
  }
}
