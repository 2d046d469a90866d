import JSON

/// An item that a resource of a template is to have.
struct WantedItem: Sendable {
  var type: String
  var name: String
  /// Whether the template or the caller gave the name: then somebody else's may have it already.
  var isNamed = false
  /// Of a mapping the API's request.
  var properties: JSONValue
  /// Of what is known only when other things are there; in a plan alone.
  var knownLater: [String] = []

  /// Whether this is what an item is already, under whatever logical id: then it only moves.
  func isAnother(_ item: StackItem) -> Bool {
    guard type == item.type else { return false }
    switch type {
    case ItemWorkshop.mapping:
      return ["EventSourceArn", "FunctionName", "SelfManagedEventSource", "S3EventSourceConfig", "Topics", "Queues"]
        .allSatisfy { properties[$0] == item.properties[$0] }
    case ItemWorkshop.eventInvokeConfig:
      return InvokeConfigProperties.identity(properties).joined == item.physicalID
    case ItemWorkshop.subscription:
      return ["TopicArn", "Protocol", "Endpoint"].allSatisfy { properties[$0] == item.properties[$0] }
    default: return name == item.name
    }
  }

  /// Whether this mapping cannot be while the other one is: both take the same from the source.
  func isBarred(by item: StackItem) -> Bool {
    guard type == ItemWorkshop.mapping, item.type == type,
      properties["EventSourceArn"] == item.properties["EventSourceArn"]
    else { return false }
    // A bucket does not want two notifications of the same events, whomever they are for.
    return properties["S3EventSourceConfig"] != nil || properties["FunctionName"] == item.properties["FunctionName"]
  }
}

/// What has to be done for one item.
enum Step: Sendable {
  case keep(key: String, StackItem)
  case add(key: String, WantedItem)
  /// The item that another logical id had until now.
  case adopt(key: String, from: StackEntry, WantedItem)
  case modify(key: String, StackItem, WantedItem)
  case replace(key: String, StackItem, WantedItem)
  /// What is in the way, and goes first: an item of the stack, or somebody else's mapping of a bucket.
  case clear(key: String, StackItem)
}

extension [StackEntry] {
  /// Finds for each wanted item of one resource the entry that it has: those that are alike first, so that what only
  /// changed its place in a list is not touched; then one after the other. The others get new keys.
  func keys(of wanted: [WantedItem], below key: String) -> [String] {
    var free = self
    var keys: [String?] = wanted.map { wanted in
      guard let index = free.firstIndex(where: { $0.item?.properties == wanted.properties }) else { return nil }
      return free.remove(at: index).key
    }
    for index in keys.indices where keys[index] == nil && !free.isEmpty { keys[index] = free.removeFirst().key }
    var taken = Set(map(\.key))
    var number = 0
    return keys.map { known in
      if let known { return known }
      while taken.contains("\(key)#\(number)") { number += 1 }
      taken.insert("\(key)#\(number)")
      return "\(key)#\(number)"
    }
  }
}
