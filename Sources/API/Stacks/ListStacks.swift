import HTTPServer
import HTTPTypes
import JSON
import Logging
import Mappings
import Templates

extension Operation {
  static let listStacks = Operation("ListStacks", logLevel: .debug) { call in
    let stacks = try call.services.stacks.list(account: call.scope.account, region: call.scope.region)
    return .json(.ok, Array(JSONValue.object([JSONMember("Stacks", .array(stacks.map(\.json)))]).text.utf8))
  }
}
