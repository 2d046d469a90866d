import JSON
import Mappings

/// Why a body is none of S3's notifications.
enum S3EventError: Error, Equatable, CustomStringConvertible {
  case unreadable(String)
  case noRecords
  case recordsAreNoList
  case incompleteRecord(missing: String)

  var description: String {
    switch self {
    case .unreadable(let reason): "the notification cannot be read: \(reason)"
    case .noRecords: "the notification has no Records"
    case .recordsAreNoList: "the notification's Records are no list"
    case .incompleteRecord(let missing): "a record of the notification lacks \(missing)"
    }
  }
}

/// What a record gets where the server that sent it left something out.
struct S3EventDefaults: Sendable {
  var region: String
  /// The `Id` of the bucket's notification.
  var configurationID: String
  /// When the notification was received.
  var time: Milliseconds
}

/// One record of a notification of S3, or of a server that plays it. A function gets it as an event of its own.
///
/// The form is documented: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
struct S3Event: Sendable {
  let bucket: String
  /// As in records: `ObjectCreated:Put`, without `s3:`.
  let eventName: String
  /// As the object is named, not as the record encodes it.
  let key: String
  /// The key as S3 encodes it, a JSON string.
  let encodedKey: [UInt8]
  /// As it was sent.
  let record: JSONFragment

  /// The records of a notification in their order. The test event that S3 sends to a new destination has none.
  static func events(in body: [UInt8]) throws(S3EventError) -> [S3Event] {
    do {
      let document = try JSONFragment(document: body)
      guard document.isObject else { throw S3EventError.unreadable("it is no object") }
      guard let records = try document.member("Records"), !records.isNull else {
        guard try document.member("Event")?.isString("s3:TestEvent") == true else { throw S3EventError.noRecords }
        return []
      }
      guard records.isArray else { throw S3EventError.recordsAreNoList }
      var events: [S3Event] = []
      try records.forEachElement { events.append(try S3Event($0)) }
      return events
    } catch let error as S3EventError {
      throw error
    } catch {
      throw .unreadable("\(error)")
    }
  }

  private init(_ record: JSONFragment) throws {
    let s3 = try record.member("s3")
    let key = try s3?.member("object")?.member("key")
    guard let name = try record.member("eventName")?.text, !name.isEmpty else {
      throw S3EventError.incompleteRecord(missing: "eventName")
    }
    guard let bucket = try s3?.member("bucket")?.member("name")?.text, !bucket.isEmpty else {
      throw S3EventError.incompleteRecord(missing: "s3.bucket.name")
    }
    guard let key, let text = key.text, !text.isEmpty else {
      throw S3EventError.incompleteRecord(missing: "s3.object.key")
    }
    self.bucket = bucket
    // MinIO and the names in a bucket's configuration have the prefix; records of S3 do not.
    eventName = name.hasPrefix("s3:") ? String(name.dropFirst(3)) : name
    self.key = S3ObjectKey.decoded(text)
    let normalized = S3ObjectKey.encoded(self.key)
    encodedKey = normalized == text ? Array(key.token) : Array(JSONValue.string(normalized).text.utf8)
    self.record = record
  }
}
