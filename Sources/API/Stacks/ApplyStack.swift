import HTTPServer
import HTTPTypes
import JSON
import LambdaWire
import Mappings
import Templates

extension Operation {
  /// Applies a template, or tells what applying it would do: `?plan=true`.
  static let applyStack = Operation("ApplyStack") { call in
    let query = try call.query()
    let application = try call.application(query)
    let isPlan = try query.flag("plan")
    let outcome =
      isPlan ? try await call.services.stacks.plan(application) : try await call.services.stacks.apply(application)
    return .json(.ok, Array(outcome.json(isPlan: isPlan).text.utf8))
  }
}

extension Call {
  /// The stack that the path names.
  var stackIdentity: StackIdentity {
    StackIdentity(name: pathValue, account: scope.account, region: scope.region)
  }

  fileprivate func application(_ query: QueryParameters) throws -> Stacks.Application {
    var application = Stacks.Application(identity: stackIdentity, document: try TemplateText.parse(request.body))
    application.parameters = try query.pairs("parameter")
    application.names = try query.pairs("name")
    application.createsSources = try query.flag("create-sources")
    application.awaitsExports = try query.flag("await-exports")
    let known: Set<String> = ["plan", "parameter", "name", "create-sources", "await-exports"]
    if let stranger = query.parameters.first(where: { !known.contains($0.name) && !$0.name.hasPrefix("X-Amz-") }) {
      throw LambdaError(.invalidParameterValue, "There is no query parameter '\(stranger.name)' here.")
    }
    return application
  }
}

extension QueryParameters {
  /// A flag, which is off where it is not given.
  fileprivate func flag(_ name: String) throws(LambdaError) -> Bool {
    switch self[name] {
    case nil, "false": false
    case "true", "": true
    case .some(let text): throw LambdaError(.invalidParameterValue, "\(name) must be true or false, not '\(text)'.")
    }
  }

  /// All `NAME=VALUE` pairs that were given under a name.
  fileprivate func pairs(_ name: String) throws(LambdaError) -> [String: String] {
    var pairs: [String: String] = [:]
    for text in values(of: name) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw LambdaError(.invalidParameterValue, "\(name) must be NAME=VALUE, not '\(text)'.")
      }
      pairs[parts[0]] = parts[1]
    }
    return pairs
  }
}
