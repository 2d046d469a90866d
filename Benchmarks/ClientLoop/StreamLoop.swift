import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// What a loop over streams does, as bare_stream_loop.c describes it.
struct StreamPlan: Sendable {
  static let usage = "ClientLoop stream PORT kinesis|dynamodb SHARDS LIMIT LANES RECORDS RECORD_BYTES"

  let port: Int
  let isKinesis: Bool
  let shards: Int
  /// Records of a read, which fill the lanes evenly.
  let limit: Int
  let lanes: Int
  /// Records of an event, and the bytes of each.
  let records: Int
  let recordBytes: Int

  /// Nil where the arguments are not those of `usage`.
  init?(_ arguments: [String]) {
    let numbers = arguments.compactMap { Int($0) }
    guard arguments.count == 7, numbers.count == 6, numbers.allSatisfy({ $0 > 0 }),
      arguments[1] == "kinesis" || arguments[1] == "dynamodb"
    else { return nil }
    isKinesis = arguments[1] == "kinesis"
    (port, shards, limit) = (numbers[0], numbers[1], numbers[2])
    (lanes, records, recordBytes) = (numbers[3], numbers[4], numbers[5])
  }

  /// The same place again and again: nobody looks at the records.
  func readRequest(shard: Int) throws -> HTTPClient.Request {
    let iterator = "E-\(shards)-\(shard)-0"
    let service = isKinesis ? "Kinesis_20131202" : "DynamoDBStreams_20120810"
    return try HTTPClient.Request(
      port: port, path: "/", target: "\(service).GetRecords",
      body: ByteBuffer(string: #"{"ShardIterator":"\#(iterator)","Limit":\#(limit)}"#))
  }

  /// An event of the right length; the source counts its records by the mark.
  func postRequest() throws -> HTTPClient.Request {
    let record = "~" + String(repeating: "x", count: recordBytes - 1)
    return try HTTPClient.Request(
      port: port, path: "/function", target: nil, body: ByteBuffer(string: String(repeating: record, count: records)))
  }

  /// Begins with all shards, each on one event loop.
  func start() throws {
    let client = HTTPClient.ofLoops()
    let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
    let request = try postRequest()
    for shard in 0..<shards {
      let shardLoop = ShardLoop(
        self, client: client, loop: loops[shard % loops.count], reading: try readRequest(shard: shard),
        posting: request)
      shardLoop.start()
    }
  }
}

/// Reads one shard, one answer ahead, and posts its batches by lanes.
final class ShardLoop: @unchecked Sendable {
  // Unchecked, because all of it happens on its event loop.
  private let plan: StreamPlan
  private let client: HTTPClient
  private let loop: any EventLoop
  private let readRequest: HTTPClient.Request
  private let postRequest: HTTPClient.Request
  /// By lane, the records that no event has had yet.
  private var waiting: [Int]
  private var isPosting: [Bool]
  private var isReading = false

  init(
    _ plan: StreamPlan, client: HTTPClient, loop: any EventLoop, reading readRequest: HTTPClient.Request,
    posting postRequest: HTTPClient.Request
  ) {
    self.plan = plan
    self.client = client
    self.loop = loop
    self.readRequest = readRequest
    self.postRequest = postRequest
    waiting = Array(repeating: 0, count: plan.lanes)
    isPosting = Array(repeating: false, count: plan.lanes)
  }

  func start() {
    loop.execute { self.readAhead() }
  }

  private func readAhead() {
    // Where no lane has enough for an event, waiting would be for ever.
    guard !isReading, waiting.reduce(0, +) < plan.limit || !isPosting.contains(true) else { return }
    isReading = true
    send(readRequest) { shard in
      shard.isReading = false
      for lane in shard.waiting.indices {
        // What does not divide goes to the first lanes.
        let rest = lane < shard.plan.limit % shard.plan.lanes ? 1 : 0
        shard.waiting[lane] += shard.plan.limit / shard.plan.lanes + rest
        shard.post(lane)
      }
    }
  }

  private func post(_ lane: Int) {
    guard !isPosting[lane], waiting[lane] >= plan.records else { return }
    isPosting[lane] = true
    waiting[lane] -= plan.records
    send(postRequest) { shard in
      shard.isPosting[lane] = false
      shard.post(lane)
    }
  }

  /// Goes on when the answer is there.
  private func send(_ request: HTTPClient.Request, then proceed: @escaping @Sendable (ShardLoop) -> Void) {
    client.send(request, on: loop).whenComplete { result in
      if case .failure(let error) = result {
        print("ClientLoop: \(error)")
        exit(1)
      }
      proceed(self)
      self.readAhead()
    }
  }
}
