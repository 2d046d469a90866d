import AWSClient
import JSON

/// Where resources are made: the client, and who it calls as.
struct SourceEndpoint: Sendable {
  let client: AWSClient
  let account: String
  let region: String
  var patience = Patience()

  /// Makes a call; its failure is told with what was tried: `The queue orders cannot be made: …`.
  func attempt<Answer>(
    _ aim: String, _ call: () async throws(AWSError) -> Answer
  ) async throws(TemplateError) -> Answer {
    do throws(AWSError) {
      return try await call()
    } catch {
      throw TemplateError("\(aim): \(error)")
    }
  }

  /// Makes a call of which one failure means that there is nothing; gives nil then.
  func attempt<Answer>(
    _ aim: String, absent codes: Set<String>, _ call: () async throws(AWSError) -> Answer
  ) async throws(TemplateError) -> Answer? {
    do throws(AWSError) {
      return try await call()
    } catch {
      if error.hasCode(of: codes) { return nil }
      throw TemplateError("\(aim): \(error)")
    }
  }

  /// What references give that follow from a resource's name.
  func attributes(of type: String, name: String) -> [String: JSONValue] {
    guard let naming = ResourceNaming.of(type) else { return [:] }
    let stack = StackIdentity(name: "", account: account, region: region)
    var attributes: [String: JSONValue] = [:]
    for attribute in naming.patterns.keys {
      attributes[attribute] = naming.reference(attribute: attribute, name: name, properties: [:], stack: stack)
    }
    return attributes
  }
}

extension AWSError {
  /// Whether a service answered with one of these errors, by the name it has in either protocol.
  func hasCode(of codes: Set<String>) -> Bool {
    guard case .service(let error) = self else { return false }
    return codes.contains(error.code) || error.queryCode.map(codes.contains) == true
  }
}
