import AWSClient
import Logging
public import Mappings

/// Takes what topics and servers of buckets post.
extension SourceWorld: EventIntake {
  public func takeSNS(_ body: [UInt8], for mapping: MappingID) async throws(IntakeRefusal) -> Int {
    guard await pushed.waitUntilComplete() else { throw .unavailable("the mappings are not loaded yet") }
    guard let receiver = pushed.receiver(of: mapping), receiver.source.service == "sns", receiver.isOpen else {
      throw .unknown("There is no enabled mapping of a topic with this id.")
    }
    let notification: SNSNotification
    do throws(SNSNotificationError) { notification = try SNSNotification(parsing: body) } catch {
      throw .malformed("This is no message of SNS: \(error).")
    }
    guard notification.topicARN == receiver.source.description else {
      throw .forbidden("The message is of another topic than the mapping.")
    }
    try await verify(notification)
    switch notification.kind {
    case .notification:
      return try await accept(try events(in: body, of: receiver))
    case .subscriptionConfirmation(let token):
      // Whoever wants to have a subscription confirmed that Headrace did not ask for asks in vain.
      guard receiver.confirm(token) else { throw .forbidden("Nobody here has asked for this subscription.") }
      return 0
    case .unsubscribeConfirmation:
      logger.notice("topic says that a subscription has ended", metadata: ["mapping": "\(mapping)"])
      receiver.repair()
      return 0
    }
  }

  public func takeS3(_ body: [UInt8]) async throws(IntakeRefusal) -> Int {
    guard await pushed.waitUntilComplete() else { throw .unavailable("the mappings are not loaded yet") }
    let events: [S3Event]
    do throws(S3EventError) { events = try S3Event.events(in: body) } catch {
      throw .malformed("This is no notification of S3: \(error).")
    }
    var taken: [AsynchronousEvent] = []
    for bucket in Set(events.map(\.bucket)).sorted() {
      for receiver in pushed.receivers(ofBucket: bucket) where receiver.isOpen {
        taken += try self.events(in: body, of: receiver)
      }
    }
    // All or none: whoever posts it again after an error is not to have some of it twice.
    return try await accept(taken)
  }

  private func events(
    in body: [UInt8], of receiver: any PushReceiver
  ) throws(IntakeRefusal) -> [AsynchronousEvent] {
    do throws(IntakeError) { return try receiver.events(in: body) } catch { throw .malformed("\(error)") }
  }

  private func accept(_ events: [AsynchronousEvent]) async throws(IntakeRefusal) -> Int {
    guard !events.isEmpty else { return 0 }
    do throws(MappingError) { try await asynchronous.accept(events) } catch { throw .unavailable("\(error)") }
    return events.count
  }

  /// Signatures are AWS's: no other server has its keys.
  private func verify(_ notification: SNSNotification) async throws(IntakeRefusal) {
    guard !client.configuration.hasOverride(for: .sns) else { return }
    do throws(SNSSignatureError) { try await verifier.verify(notification.fields) } catch {
      guard !error.isRetryable else { throw .unavailable("\(error)") }
      throw .forbidden("The message's signature is not SNS's: \(error).")
    }
  }
}
