import JSON
import Mappings
import Testing

@testable import EventSources

/// A notification with one record as a server sends it, and the event that a function gets, byte for byte.
struct S3EventCase: Sendable, CustomTestStringConvertible {
  var name: String
  var body: String
  var event: String
  var key = "in/ä b+c%.txt"
  var eventName = "ObjectCreated:Put"

  var testDescription: String { name }

  static let neutralResponse =
    #""responseElements":{"x-amz-request-id":"EXAMPLE123456789","#
    + #""x-amz-id-2":"EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH"}"#
  static let neutral =
    #""userIdentity":{"principalId":"AWS:ANONYMOUS"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},\#(neutralResponse)"#

  /// Of an event that names none: the time at which it came.
  static let neutralSequencer = #""sequencer":"0000000000000005DC""#

  /// The documented record: https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
  private static let documented =
    #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-2","#
    + #""eventTime":"2019-09-03T19:37:27.192Z","eventName":"ObjectCreated:Put","#
    + #""userIdentity":{"principalId":"AWS:AIDAINPONIXQXHT3IKHL2"},"requestParameters":{"sourceIPAddress":"205.255.255.255"},"#
    + #""responseElements":{"x-amz-request-id":"D82B88E5F771F645","x-amz-id-2":"vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo="},"#
    + #""s3":{"s3SchemaVersion":"1.0","configurationId":"828aa6fc-f7b5-4305-8584-487c791949c1","bucket":{"name":"DOC-EXAMPLE-BUCKET","#
    + #""ownerIdentity":{"principalId":"A3I5XTEXAMAI3E"},"arn":"arn:aws:s3:::lambda-artifacts-deafc19498e3f2df"},"#
    + #""object":{"key":"b21b84d653bb07b05b1e6b33684dc11b","size":1305107,"eTag":"b21b84d653bb07b05b1e6b33684dc11b","#
    + #""sequencer":"0C0F6F405D6ED209E1"}},"glacierEventData":{"restoreEventData":{"lifecycleRestoreStorageClass":"x"}}}]}"#

  /// As ministack 1.5.33 posts to a queue.
  private static func ministack(_ name: String, object: String, gap: String = " ") -> String {
    [
      #"{"Records":"#,
      #"[{"eventVersion":"#, #""2.6", "eventSource":"#, #""aws:s3", "awsRegion":"#, #""us-east-1", "eventTime":"#,
      #""2026-11-24T21:22:42.016Z", "eventName":"#, #""\#(name)", "userIdentity":"#,
      #"{"principalId": "EXAMPLE"}, "requestParameters":"#, #"{"sourceIPAddress": "127.0.0.1"}, "responseElements":"#,
      #"{"x-amz-request-id": "e0965a1c", "x-amz-id-2": "EXAMPLE"}, "s3":"#,
      #"{"s3SchemaVersion": "1.0", "configurationId": "headrace-1", "bucket":"#,
      #"{"name": "bkt", "ownerIdentity": {"principalId": "EXAMPLE"}, "arn": "arn:aws:s3:::bkt"}, "object":"#,
      #"{\#(object)}}}]}"#,
    ].joined(separator: gap)
  }

  private static func ministackEvent(_ name: String, object: String) -> String {
    #"{"Records":[{"eventVersion":"2.6","eventSource":"aws:s3","awsRegion":"us-east-1","#
      + #""eventTime":"2026-11-24T21:22:42.016Z","eventName":"\#(name)","userIdentity":{"principalId":"EXAMPLE"},"#
      + #""requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"e0965a1c","#
      + #""x-amz-id-2":"EXAMPLE"},"s3":{"s3SchemaVersion":"1.0","configurationId":"headrace-1","bucket":{"name":"bkt","#
      + #""ownerIdentity":{"principalId":"EXAMPLE"},"arn":"arn:aws:s3:::bkt"},"object":{\#(object)}}}]}"#
  }

  /// As moto 5.2.1 does: with slashes encoded, times without a zone, and nothing of who, whence and in what order.
  private static func moto(_ name: String, key: String) -> String {
    #"{"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "#
      + #""eventTime": "2026-11-24T21:22:58.560777", "eventName": "\#(name)", "s3": {"s3SchemaVersion": "1.0", "#
      + #""configurationId": "headrace-1", "bucket": {"name": "bkt", "arn": "arn:aws:s3:::bkt"}, "#
      + #""object": {"key": "\#(key)", "size": 5, "eTag": "5d41402abc4b2a76b9719d911017c592"}}}]}"#
  }

  private static func motoEvent(_ name: String, key: String) -> String {
    #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","#
      + #""eventTime":"2026-11-24T21:22:58.560Z","eventName":"\#(name)",\#(neutral),"s3":{"s3SchemaVersion":"1.0","#
      + #""configurationId":"headrace-1","bucket":{"name":"bkt","ownerIdentity":{"principalId":"ANONYMOUS"},"#
      + #""arn":"arn:aws:s3:::bkt"},"object":{"key":"\#(key)","size":5,"eTag":"5d41402abc4b2a76b9719d911017c592",\#(neutralSequencer)}}}]}"#
  }

  /// As roto 0.10.1 does: members in the order of the alphabet.
  private static func roto(_ name: String, object: String) -> String {
    #"{"Records":[{"awsRegion":"us-east-1","eventName":"\#(name)","eventSource":"aws:s3","#
      + #""eventTime":"2026-11-24T21:23:14.000Z","eventVersion":"2.1","requestParameters":{"sourceIPAddress":"127.0.0.1"},"#
      + #""responseElements":{"x-amz-id-2":"roto","x-amz-request-id":"80240dde"},"s3":{"bucket":{"arn":"arn:aws:s3:::bkt","#
      + #""name":"bkt","ownerIdentity":{"principalId":"123456789012"}},"configurationId":"headrace-1","object":{\#(object)},"#
      + #""s3SchemaVersion":"1.0"},"userIdentity":{"principalId":"123456789012"}}]}"#
  }

  private static func rotoEvent(_ name: String, object: String) -> String {
    #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","#
      + #""eventTime":"2026-11-24T21:23:14.000Z","eventName":"\#(name)","userIdentity":{"principalId":"123456789012"},"#
      + #""requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"80240dde","#
      + #""x-amz-id-2":"roto"},"s3":{"s3SchemaVersion":"1.0","configurationId":"headrace-1","bucket":{"name":"bkt","#
      + #""ownerIdentity":{"principalId":"123456789012"},"arn":"arn:aws:s3:::bkt"},"object":{\#(object)}}}]}"#
  }

  /// As MinIO's webhook posts it (https://min.io/docs/minio/linux/administration/monitoring/publish-events-to-webhook.html).
  private static let minio =
    #"{"EventName":"s3:ObjectCreated:Put","Key":"images/in/my photo.jpg","Records":[{"eventVersion":"2.0","#
    + #""eventSource":"minio:s3","awsRegion":"","eventTime":"2023-03-21T10:00:34Z","eventName":"s3:ObjectCreated:Put","#
    + #""userIdentity":{"principalId":"minio"},"requestParameters":{"principalId":"minio","region":"","#
    + #""sourceIPAddress":"127.0.0.1"},"responseElements":{"content-length":"0","x-amz-request-id":"174E66E27CB352E4","#
    + #""x-minio-deployment-id":"c8654402"},"s3":{"s3SchemaVersion":"1.0","configurationId":"Config","bucket":{"name":"images","#
    + #""ownerIdentity":{"principalId":"minio"},"arn":"arn:aws:s3:::images"},"object":{"key":"in%2Fmy+photo.jpg","size":863,"#
    + #""eTag":"a4c67234","contentType":"image/jpeg","userMetadata":{"content-type":"image/jpeg"},"#
    + #""sequencer":"174E66E27D03C84E"}},"source":{"host":"127.0.0.1","port":"","userAgent":"MinIO (linux; amd64)"}}]}"#

  private static let minioEvent =
    #"{"Records":[{"eventVersion":"2.0","eventSource":"aws:s3","awsRegion":"eu-west-1","#
    + #""eventTime":"2023-03-21T10:00:34Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"minio"},"#
    + #""requestParameters":{"sourceIPAddress":"127.0.0.1","principalId":"minio","region":""},"#
    + #""responseElements":{"x-amz-request-id":"174E66E27CB352E4","x-amz-id-2":"EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH","#
    + #""content-length":"0","x-minio-deployment-id":"c8654402"},"s3":{"s3SchemaVersion":"1.0","configurationId":"Config","#
    + #""bucket":{"name":"images","ownerIdentity":{"principalId":"minio"},"arn":"arn:aws:s3:::images"},"#
    + #""object":{"key":"in/my+photo.jpg","size":863,"eTag":"a4c67234","sequencer":"174E66E27D03C84E","#
    + #""contentType":"image/jpeg","userMetadata":{"content-type":"image/jpeg"}}},"#
    + #""source":{"host":"127.0.0.1","port":"","userAgent":"MinIO (linux; amd64)"}}]}"#

  private static let least =
    #"{"eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}"#
  private static let leastEvent =
    #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","#
    + #""eventTime":"1970-01-01T00:00:01.500Z","eventName":"ObjectRemoved:Delete",\#(neutral),"s3":{"s3SchemaVersion":"1.0","#
    + #""configurationId":"headrace-7","bucket":{"name":"b","ownerIdentity":{"principalId":"ANONYMOUS"},"#
    + #""arn":"arn:aws:s3:::b"},"object":{"key":"k",\#(neutralSequencer)}}}]}"#

  private static let putOfMinistack = #""key":"in/%C3%A4+b%2Bc%25.txt","size":5,"eTag":"5d41","sequencer":"0066""#
  private static let versioned = #""eTag":"9e36","key":"v","sequencer":"08","size":1,"versionId":"6562""#
  private static let versionedInOrder = #""key":"v","size":1,"eTag":"9e36","versionId":"6562","sequencer":"08""#

  static let all = [
    S3EventCase(
      name: "the documented event stays what it is", body: documented, event: documented,
      key: "b21b84d653bb07b05b1e6b33684dc11b"),
    S3EventCase(
      name: "ministack, put", body: ministack("ObjectCreated:Put", object: putOfMinistack),
      event: ministackEvent("ObjectCreated:Put", object: putOfMinistack)),
    S3EventCase(
      name: "ministack, copy",
      body: ministack("ObjectCreated:Copy", object: putOfMinistack + #", "hasObjectAnnotation": false"#),
      event: ministackEvent("ObjectCreated:Copy", object: putOfMinistack + #","hasObjectAnnotation":false"#),
      eventName: "ObjectCreated:Copy"),
    S3EventCase(
      name: "ministack, multipart upload",
      body: ministack("ObjectCreated:CompleteMultipartUpload", object: #""key": "mp/a+b", "size": 10, "eTag": "cb-1""#),
      event: ministackEvent(
        "ObjectCreated:CompleteMultipartUpload",
        object: #""key":"mp/a+b","size":10,"eTag":"cb-1",\#(neutralSequencer)"#),
      key: "mp/a b", eventName: "ObjectCreated:CompleteMultipartUpload"),
    S3EventCase(
      name: "ministack, removal: a tag without text is none",
      body: ministack("ObjectRemoved:Delete", object: #""key": "mp/a+b", "size": 0, "eTag": "", "sequencer": "7B""#),
      event: ministackEvent("ObjectRemoved:Delete", object: #""key":"mp/a+b","size":0,"sequencer":"7B""#),
      key: "mp/a b", eventName: "ObjectRemoved:Delete"),
    S3EventCase(
      name: "moto, put", body: moto("ObjectCreated:Put", key: "in%2F%C3%A4+b%2Bc%25.txt"),
      event: motoEvent("ObjectCreated:Put", key: "in/%C3%A4+b%2Bc%25.txt")),
    S3EventCase(
      name: "moto, removal", body: moto("ObjectRemoved:Delete", key: "mp%2Fa+b"),
      event: motoEvent("ObjectRemoved:Delete", key: "mp/a+b"), key: "mp/a b", eventName: "ObjectRemoved:Delete"),
    S3EventCase(
      name: "roto, versioned put", body: roto("ObjectCreated:Put", object: versioned),
      event: rotoEvent("ObjectCreated:Put", object: versionedInOrder), key: "v"),
    S3EventCase(
      name: "roto, delete marker",
      body: roto("ObjectRemoved:DeleteMarkerCreated", object: #""key":"v","sequencer":"09","versionId":"ce39""#),
      event: rotoEvent("ObjectRemoved:DeleteMarkerCreated", object: #""key":"v","versionId":"ce39","sequencer":"09""#),
      key: "v", eventName: "ObjectRemoved:DeleteMarkerCreated"),
    S3EventCase(name: "MinIO, put", body: minio, event: minioEvent, key: "in/my photo.jpg"),
    S3EventCase(
      name: "the least that a record can be", body: #"{"Records":[\#(least)}]}"#, event: leastEvent, key: "k",
      eventName: "ObjectRemoved:Delete"),
    S3EventCase(
      name: "null and what is no object count as missing",
      body:
        #"{"Records":[\#(least),"awsRegion":null,"userIdentity":"me","requestParameters":[],"responseElements":null}]}"#,
      event: leastEvent, key: "k", eventName: "ObjectRemoved:Delete"),
  ]
}

@Suite struct S3EventTests {
  private let defaults = S3EventDefaults(
    region: "eu-west-1", configurationID: "headrace-7", time: Milliseconds(1_500))

  private func events(_ body: String) throws -> [S3Event] { try S3Event.events(in: Array(body.utf8)) }

  private static func record(_ key: String, bucket: String = #""b""#, name: String = #""ObjectCreated:Put""#) -> String
  {
    #"{"eventName":\#(name),"s3":{"bucket":{"name":\#(bucket)},"object":{"key":\#(key)}}}"#
  }

  @Test(arguments: S3EventCase.all) func eventIsAWSsByteForByte(example: S3EventCase) throws {
    let events = try events(example.body)
    #expect(events.map { String(decoding: $0.payload(filling: defaults), as: UTF8.self) } == [example.event])
    #expect(events.map(\.key) == [example.key])
    #expect(events.map(\.eventName) == [example.eventName])
    #expect(throws: Never.self) { try JSONValue(parsing: example.event) }
  }

  /// What was made of an event is an event that stays as it is.
  @Test(arguments: S3EventCase.all) func eventIsItsOwnNotification(example: S3EventCase) throws {
    let events = try events(example.event)
    #expect(events.map { String(decoding: $0.payload(filling: defaults), as: UTF8.self) } == [example.event])
  }

  @Test func everyRecordIsAnEventInItsTurn() throws {
    let events = try events(#"{"Records":[\#((0..<3).map { Self.record("\"\($0)\"") }.joined(separator: " , "))]}"#)
    #expect(events.map(\.key) == ["0", "1", "2"])
    #expect(events.map(\.bucket) == ["b", "b", "b"])
    for event in events {
      let payload = try JSONValue(parsing: event.payload(filling: defaults))
      guard case .array(let records)? = payload["Records"] else {
        Issue.record("no records")
        continue
      }
      #expect(records.count == 1)
      #expect(records[0]["s3"]?["object"]?["key"] == .string(event.key))
    }
  }

  /// Keys as JSON writes them, and as the event does.
  @Test(arguments: [
    (#""a\/b""#, #""a\/b""#, "a/b"), (#""\u0061+b""#, #""\u0061+b""#, "a b"), (#""\u00e4""#, #""%C3%A4""#, "ä"),
    (#""in%2Fa""#, #""in/a""#, "in/a"), (#""a%20b""#, #""a+b""#, "a b"), (#""a b+c""#, #""a+b%2Bc""#, "a b+c"),
    (#""\"""#, #""%22""#, "\""),
  ])
  func keyIsWrittenAsS3WritesIt(token: String, written: String, key: String) throws {
    let event = try #require(try events(#"{"Records":[\#(Self.record(token))]}"#).first)
    #expect(event.key == key)
    #expect(
      String(decoding: event.payload(filling: defaults), as: UTF8.self).contains(#""object":{"key":\#(written),"#))
  }

  @Test(arguments: [
    ("2026-11-24T21:22:58.560777", "2026-11-24T21:22:58.560Z"), ("2026-11-24T21:22:58", "2026-11-24T21:22:58.000Z"),
    ("2026-11-24T21:22:58.5", "2026-11-24T21:22:58.500Z"), ("2026-11-24T21:22:58Z", "2026-11-24T21:22:58Z"),
    ("2026-11-24T21:22:58+01:00", "2026-11-24T21:22:58+01:00"), ("soon", "soon"), ("", "1970-01-01T00:00:01.500Z"),
  ])
  func timeHasAZone(given: String, written: String) throws {
    let record = Self.record(#""k""#).dropLast() + #","eventTime":"\#(given)"}"#
    let event = try #require(try events(#"{"Records":[\#(record)]}"#).first)
    #expect(
      try JSONValue(parsing: event.payload(filling: defaults)).text.contains(#""eventTime":"\#(written)""#))
  }

  @Test func bucketsOfOtherPartitionsHaveTheirARNs() throws {
    let event = try #require(try events(#"{"Records":[\#(Self.record(#""k""#))]}"#).first)
    let payload = event.payload(filling: .init(region: "cn-north-1", configurationID: "c", time: Milliseconds(0)))
    #expect(String(decoding: payload, as: UTF8.self).contains(#""arn":"arn:aws-cn:s3:::b""#))
  }

  @Test(arguments: [
    // As ministack and moto send it.
    #"{"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-24T21:22:40.000Z", "Bucket": "bkt", "#
      + #""RequestId": "8bde077f", "HostId": "3a946cc5"}"#,
    #"{"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-24T21:22:57.234266", "Bucket": "bkt"}"#,
    #"{"Records":[]}"#,
  ])
  func testEventHasNoEvents(body: String) throws {
    #expect(try events(body).isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"Records":null}"#, #"{"Event":7}"#, #"{"Type":"Notification","Message":"{\"Records\":[{}]}"}"#,
  ])
  func bodyWithoutRecordsIsRefused(body: String) {
    #expect(throws: S3EventError.noRecords) { try events(body) }
  }

  @Test(arguments: ["", "text", "[]", "null", "1", "{", #"{"Records":[{]}"#, "{}x"])
  func bodyThatIsNoObjectIsRefused(body: String) {
    let error = #expect(throws: S3EventError.self) { try events(body) }
    #expect(error.map { "\($0)" }?.hasPrefix("the notification cannot be read: ") == true)
  }

  @Test(arguments: ["{}", "1", #""x""#, "true"]) func recordsThatAreNoListAreRefused(records: String) {
    #expect(throws: S3EventError.recordsAreNoList) { try events(#"{"Records":\#(records)}"#) }
  }

  @Test(arguments: [
    ("{}", "eventName"), ("1", "eventName"), ("null", "eventName"), (record(#""k""#, name: "null"), "eventName"),
    (record(#""k""#, name: #""""#), "eventName"), (record(#""k""#, bucket: "7"), "s3.bucket.name"),
    (record(#""k""#, bucket: #""""#), "s3.bucket.name"), (#"{"eventName":"x","s3":[]}"#, "s3.bucket.name"),
    (record("null"), "s3.object.key"), (record(#""""#), "s3.object.key"), (record(#""\ud800""#), "s3.object.key"),
    (#"{"eventName":"x","s3":{"bucket":{"name":"b"}}}"#, "s3.object.key"),
  ])
  func recordWithoutItsPartsIsRefused(record: String, missing: String) {
    #expect(throws: S3EventError.incompleteRecord(missing: missing)) { try events(#"{"Records":[\#(record)]}"#) }
  }

  @Test func bodyWithAnyByteChangedIsReadOrRefused() throws {
    let body = Array(S3EventCase.all[5].body.utf8)
    for place in body.indices {
      for byte in [0x00, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x2c] as [UInt8] {
        var changed = body
        changed[place] = byte
        for event in (try? S3Event.events(in: changed)) ?? [] { _ = event.payload(filling: defaults) }
      }
      #expect(throws: S3EventError.self, "cut at \(place)") { try S3Event.events(in: Array(body[..<place])) }
    }
  }
}
