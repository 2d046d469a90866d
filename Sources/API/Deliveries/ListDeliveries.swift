import HTTPServer
import HTTPTypes
import JSON
import LambdaWire
import Logging
import Mappings

extension Operation {
  /// The journal, oldest first; waits for the next delivery where there is none yet.
  static let listDeliveries = Operation("ListDeliveries", logLevel: .debug) { call in
    let query = try ListDeliveriesQuery(call.query())
    let journal = call.services.journal
    var deliveries = try journal.deliveries(after: query.after, of: query.mapping, limit: query.limit)
    if deliveries.isEmpty, query.wait > .zero {
      await journal.waitForDelivery(after: query.after, of: query.mapping, for: query.wait)
      deliveries = try journal.deliveries(after: query.after, of: query.mapping, limit: query.limit)
    }
    var list = Array("[".utf8)
    for (index, delivery) in deliveries.enumerated() {
      if index > 0 { list.append(UInt8(ascii: ",")) }
      list += delivery.json
    }
    list.append(UInt8(ascii: "]"))
    var json = JSONText(capacity: list.count + 64)
    json.beginObject()
    json.member("deliveries", json: list)
    json.member("next", json: String(deliveries.last?.sequence ?? query.after).utf8)
    json.endObject()
    return .json(.ok, json.bytes)
  }
}

/// The query of ListDeliveries, with its limits.
private struct ListDeliveriesQuery {
  static let limits = 1...1000
  static let longestWait = Duration.seconds(60)

  var mapping: MappingID?
  var after: Int64 = 0
  var wait = Duration.zero
  var limit = 100

  init(_ query: QueryParameters) throws(LambdaError) {
    if let text = query["mapping"] {
      guard let id = MappingID(text) else { throw Self.invalid("mapping", text, "a UUID") }
      mapping = id
    }
    if let text = query["after"] {
      guard let number = Int64(text), number >= 0 else { throw Self.invalid("after", text, "a sequence number") }
      after = number
    }
    if let text = query["wait"] {
      guard let duration = Duration(durationText: text) ?? Duration(durationText: text + "s"),
        duration <= Self.longestWait
      else { throw Self.invalid("wait", text, "a duration of \(Self.longestWait.durationText) at most") }
      wait = duration
    }
    if let text = query["limit"] {
      guard let number = Int(text), Self.limits.contains(number) else {
        throw Self.invalid("limit", text, "between \(Self.limits.lowerBound) and \(Self.limits.upperBound)")
      }
      limit = number
    }
  }

  private static func invalid(_ name: String, _ text: String, _ expectation: String) -> LambdaError {
    LambdaError(.invalidParameterValue, "'\(name)' is '\(text)', which is not \(expectation).")
  }
}

extension DeliveryRecord {
  fileprivate var json: [UInt8] {
    var json = JSONText(capacity: event.bytes.count + answer.bytes.count + 512)
    json.beginObject()
    json.member("sequence", json: String(sequence).utf8)
    json.member("mapping", mapping.description)
    json.member("functionArn", function.description)
    if let sourceARN { json.member("eventSourceArn", sourceARN) }
    json.member("startedAt", startedAt.text)
    json.member("durationMilliseconds", json: String(Double(durationMicroseconds) / 1000).utf8)
    json.member("attempt", json: String(attempt).utf8)
    json.member("batchSize", json: String(batchSize).utf8)
    json.member("outcome", outcome.rawValue)
    if let error { json.member("error", error) } else { json.member("error", json: "null".utf8) }
    // Neither is trusted to be JSON: an event holds what its source wrote.
    if event.isWhole, (try? JSONValue(parsing: event.bytes)) != nil {
      json.member("event", json: event.bytes)
    } else {
      json.member("event", json: "null".utf8)
      json.member("eventPrefix", event.text)
    }
    if answer.isWhole, answer.bytes.isEmpty {
      json.member("answer", json: "null".utf8)
    } else if answer.isWhole, (try? JSONValue(parsing: answer.bytes)) != nil {
      json.member("answer", json: answer.bytes)
    } else {
      json.member("answer", json: "null".utf8)
      if answer.isWhole { json.member("answerText", answer.text) } else { json.member("answerPrefix", answer.text) }
    }
    json.endObject()
    return json.bytes
  }
}

extension JournaledPayload {
  fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
