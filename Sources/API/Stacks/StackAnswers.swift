import JSON
import Templates

/// Stacks in the words of CloudFormation's API, as far as it has any
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html, API_ResourceChange.html).
extension StackRecord {
  var json: JSONValue {
    var members = [
      JSONMember("StackName", .string(identity.name)), JSONMember("StackId", .string(identity.id)),
      JSONMember("StackStatus", .string(status.rawValue)),
    ]
    if let statusReason { members.append(JSONMember("StackStatusReason", .string(statusReason))) }
    members.append(JSONMember("CreationTime", .seconds(createdAt)))
    members.append(JSONMember("LastUpdatedTime", .seconds(updatedAt)))
    members.append(JSONMember("Outputs", .array(outputs.map(\.json))))
    return .object(members)
  }
}

extension StackRecord.Output {
  fileprivate var json: JSONValue {
    var members = [JSONMember("OutputKey", .string(name)), JSONMember("OutputValue", value)]
    if let exportName { members.append(JSONMember("ExportName", .string(exportName))) }
    return .object(members)
  }
}

extension StackItem {
  func json(_ logicalID: String) -> JSONValue {
    [
      "LogicalResourceId": .string(logicalID), "ResourceType": .string(type), "PhysicalResourceId": .string(physicalID),
    ]
  }
}

extension StackOutcome {
  /// What was done, or what a plan would do.
  func json(isPlan: Bool) -> JSONValue {
    let stack =
      isPlan
      ? JSONValue.object([
        JSONMember("StackName", .string(record.identity.name)), JSONMember("StackId", .string(record.identity.id)),
      ]) : record.json
    return
      stack
      .adding("Changes", .array(changes.map(\.json)))
      .adding("UnchangedResources", .number(JSONNumber(unchanged)))
      .adding(
        "IgnoredResources",
        .array(
          ignored.map { ["LogicalResourceId": .string($0.logicalID), "ResourceType": .string($0.type)] })
      )
      .adding(
        "Functions",
        .array(functions.map { ["LogicalResourceId": .string($0.logicalID), "FunctionName": .string($0.name)] })
      )
      .adding("Leftovers", .array(leftovers.map { .string($0) }))
  }
}

extension StackOutcome.Change {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("Action", .string(action.rawValue)), JSONMember("LogicalResourceId", .string(logicalID)),
      JSONMember("ResourceType", .string(type)),
    ]
    if !physicalID.isEmpty { members.append(JSONMember("PhysicalResourceId", .string(physicalID))) }
    if isReplacement { members.append(JSONMember("Replacement", "True")) }
    if isRetained { members.append(JSONMember("PolicyAction", "Retain")) }
    if !details.isEmpty { members.append(JSONMember("Details", .array(details.map(\.json)))) }
    if !knownLater.isEmpty {
      members.append(JSONMember("KnownAfterApply", .array(knownLater.map { .string($0) })))
    }
    return .object(members)
  }
}

extension StackOutcome.Change.Detail {
  fileprivate var json: JSONValue {
    var members = [JSONMember("Name", .string(property))]
    if let before { members.append(JSONMember("BeforeValue", before)) }
    if let after { members.append(JSONMember("AfterValue", after)) }
    return .object(members)
  }
}

extension JSONValue {
  /// This object with one more member.
  func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members + [JSONMember(name, value)])
  }

  /// Milliseconds as whole seconds since the epoch.
  fileprivate static func seconds(_ milliseconds: Int64) -> JSONValue { .number(JSONNumber(milliseconds / 1000)) }
}
