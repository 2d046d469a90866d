// The other yardstick of deliveries: what the same HTTP client can do at most. A lane receives a batch, posts an event,
// deletes the batch and begins again, as bare_loop.c does, but over async-http-client. It signs nothing, parses
// nothing and sends prebuilt bytes; each lane keeps to one event loop, and is chained futures and no tasks.
//
// ClientLoop PORT QUEUE BATCH LANES CONNECTIONS RECORD_BYTES  →  runs until it is ended.
// ClientLoop stream PORT kinesis|dynamodb SHARDS LIMIT LANES RECORDS RECORD_BYTES  →  the same from a stream.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "stream" {
  guard let plan = StreamPlan(Array(arguments.dropFirst())) else {
    print(StreamPlan.usage)
    exit(64)
  }
  try plan.start()
  dispatchMain()
}
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

let receive = try HTTPClient.Request(port: port, path: "/", target: "AmazonSQS.ReceiveMessage", body: receiveBody)
let post = try HTTPClient.Request(port: port, path: "/function", target: nil, body: event)
let delete = try HTTPClient.Request(port: port, path: "/", target: "AmazonSQS.DeleteMessageBatch", body: deleteBody)
let client = HTTPClient.ofLoops()

struct Lane: Sendable {
  let client: HTTPClient
  let loop: any EventLoop
  let requests: (receive: HTTPClient.Request, post: HTTPClient.Request, delete: HTTPClient.Request)
  let portions: Int
  let width: Int

  func send(_ request: HTTPClient.Request) -> EventLoopFuture<Void> {
    client.send(request, on: loop)
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
