import HTTPServer
import HTTPTypes
import JSON
import Logging
import Mappings
import Templates

extension Operation {
  static let getStack = Operation("GetStack", logLevel: .debug) { call in
    let (record, entries) = try call.services.stacks.get(call.stackIdentity)
    let resources = entries.compactMap { entry in entry.item.map { $0.json(entry.logicalID) } }
    return .json(.ok, Array(record.json.adding("Resources", .array(resources)).text.utf8))
  }
}
