import AWSClient
import Mappings

/// Looks at a queue before a mapping is made of it.
struct SQSInspection {
  let client: AWSClient
  let urls: FreshQueueURLs

  /// - Returns: why no mapping can be made; nil where it can be.
  func objection(to queue: ARN, functionTimeoutSeconds: Int?) async -> String? {
    let client = SQSClient(client, region: queue.region, account: queue.account)
    do throws(AWSError) {
      let url = try await client.queueURL(name: queue.resource)
      urls.note(url, of: queue)
      guard let functionTimeoutSeconds else { return nil }
      let name = "VisibilityTimeout"
      guard let seconds = try await client.attributes(queueURL: url, names: [name])[name].flatMap(Int.init),
        seconds < functionTimeoutSeconds
      else { return nil }
      // Public reports of AWS's text (recorded-facts, section 10).
      return """
        Queue visibility timeout: \(seconds) seconds is less than Function timeout: \(functionTimeoutSeconds) seconds
        """
    } catch {
      // An endpoint that is not there now may be there when the mapping is read; the mapping tells then.
      guard case .service(let refusal) = error, !refusal.isRetryable else { return nil }
      return error.receiveMessageProblem
    }
  }
}

extension SourceReader {
  /// Of queues.
  static let sqs = SourceReader(
    services: { _ in [.sqs] },
    inspect: { draft, functionTimeoutSeconds, world in
      guard let queue = draft.source.arn else { return .usable() }
      let objection = await SQSInspection(client: world.client, urls: world.freshQueueURLs)
        .objection(to: queue, functionTimeoutSeconds: functionTimeoutSeconds)
      return objection.map(SourceInspection.refused) ?? .usable()
    },
    worker: { mapping, world in SQSWorker(mapping, world) })
}
