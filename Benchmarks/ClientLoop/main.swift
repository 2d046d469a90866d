// The other yardstick of deliveries: what the same HTTP client can do at most. A lane receives a batch, posts an event,
// deletes the batch and begins again, as bare_loop.c does, but over async-http-client. It signs nothing, parses
// nothing and sends prebuilt bytes; each lane keeps to one event loop, and is chained futures and no tasks.
//
// ClientLoop PORT QUEUE BATCH LANES CONNECTIONS RECORD_BYTES  →  runs until it is ended.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.map { Int($0) ?? 0 }
guard numbers.count == 6, let port = numbers.first, let queue = arguments.dropFirst().first else {
  print("ClientLoop PORT QUEUE BATCH LANES CONNECTIONS RECORD_BYTES")
  exit(64)
}

/// The most messages of a receive or a delete.
let portion = 10
let (batch, lanes, connections, recordBytes) = (numbers[2], numbers[3], numbers[4], numbers[5])

/// An event of the right length; the source counts its records by the mark.
let event = ByteBuffer(
  string: #"{"Records":["# + String(repeating: "~" + String(repeating: "x", count: recordBytes - 1), count: batch)
    + "]}")
let queueURL = "http://127.0.0.1:\(port)/000000000000/\(queue)"
let receipt = String(repeating: "h", count: 200)
let entries = (0..<min(batch, portion)).map { #"{"Id":"\#($0)","ReceiptHandle":"\#(receipt)"}"# }
let receiveBody = ByteBuffer(
  string: """
    {"QueueUrl":"\(queueURL)","MaxNumberOfMessages":\(min(batch, portion)),"WaitTimeSeconds":20,\
    "AttributeNames":["All"],"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["All"]}
    """)
let deleteBody = ByteBuffer(string: #"{"QueueUrl":"\#(queueURL)","Entries":[\#(entries.joined(separator: ","))]}"#)

func request(_ path: String, _ target: String?, _ body: ByteBuffer) throws -> HTTPClient.Request {
  var headers: HTTPHeaders = ["content-type": "application/x-amz-json-1.0"]
  if let target { headers.add(name: "x-amz-target", value: "AmazonSQS.\(target)") }
  return try HTTPClient.Request(
    url: "http://127.0.0.1:\(port)\(path)", method: .POST, headers: headers, body: .byteBuffer(body))
}

let receive = try request("/", "ReceiveMessage", receiveBody)
let post = try request("/function", nil, event)
let delete = try request("/", "DeleteMessageBatch", deleteBody)

/// Reads answers and forgets them.
final class Forgetting: HTTPClientResponseDelegate {
  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}
}

var configuration = HTTPClient.Configuration()
configuration.httpVersion = .http1Only
configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 20_000
let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)

struct Lane: Sendable {
  let client: HTTPClient
  let loop: any EventLoop
  let requests: (receive: HTTPClient.Request, post: HTTPClient.Request, delete: HTTPClient.Request)
  let portions: Int
  let width: Int

  func send(_ request: HTTPClient.Request) -> EventLoopFuture<Void> {
    client.execute(request: request, delegate: Forgetting(), eventLoop: .delegateAndChannel(on: loop)).futureResult
  }

  /// As many requests as the batch has portions, some at once.
  func all(_ request: HTTPClient.Request) -> EventLoopFuture<Void> {
    if portions == 1 { return send(request) }
    let chains = (0..<width).map { place in
      chain(request, count: portions / width + (place < portions % width ? 1 : 0))
    }
    return .andAllSucceed(chains, on: loop)
  }

  func chain(_ request: HTTPClient.Request, count: Int) -> EventLoopFuture<Void> {
    count == 0 ? loop.makeSucceededVoidFuture() : send(request).flatMap { chain(request, count: count - 1) }
  }

  func run() {
    all(requests.receive).flatMap { send(requests.post) }.flatMap { all(requests.delete) }.whenComplete { result in
      if case .failure(let error) = result {
        print("ClientLoop: \(error)")
        exit(1)
      }
      run()
    }
  }
}

let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
for number in 0..<lanes {
  let loop = loops[number % loops.count]
  Lane(
    client: client, loop: loop, requests: (receive, post, delete), portions: max(1, batch / portion), width: connections
  ).run()
}
dispatchMain()
