import DequeModule
import Mappings

/// A part of a shard's records that is delivered strictly in order.
struct ShardLane<Record: StreamedRecord>: Sendable {
  /// What the lane waits for.
  enum Activity: Equatable {
    case idle, invoking, resting, givingUp
  }

  /// A record and when it was read.
  struct Queued: Sendable {
    var record: Record
    var readAt: Milliseconds
  }

  /// Records that are in no batch yet.
  private(set) var queue: Deque<Queued> = []
  private(set) var queuedBytes = 0
  var batch: StreamBatch<Record>?
  /// Records of the batch, done with or not, and their bytes.
  private(set) var batchCount = 0
  private(set) var batchBytes = 0
  /// Whether the batch is the final invocation of a tumbling window.
  var isFinalInvocation = false
  /// What the failure destination is being told of.
  var givingUp = 0
  var activity = Activity.idle
  /// The last record that is done with.
  var position: SequenceNumber?
  /// The progress that has to be saved before the lane goes on.
  var awaitedVersion = 0

  /// The batching window of the records in the queue.
  var window = 0
  var windowIsRunning = false
  var windowIsOver = false

  /// Whether nothing is left to do.
  var isEmpty: Bool { queue.isEmpty && batch == nil }

  var bufferedCount: Int { queue.count + batchCount }
  var bufferedBytes: Int { queuedBytes + batchBytes }

  mutating func append(_ record: Record, readAt: Milliseconds) {
    queue.append(Queued(record: record, readAt: readAt))
    queuedBytes += record.byteCount
  }

  /// Makes a batch of the first records of the queue.
  mutating func takeBatch(of count: Int) {
    // A plain loop: in a generic type, key paths and lazy sequences are built anew at every call.
    var records: [Record] = []
    records.reserveCapacity(count)
    batchBytes = 0
    for _ in 0..<count {
      let record = queue.removeFirst().record
      batchBytes += record.byteCount
      records.append(record)
    }
    batchCount = count
    queuedBytes -= batchBytes
    batch = StreamBatch(records)
    isFinalInvocation = false
    endWindow()
  }

  /// Makes the batch that closes a tumbling window.
  /// - Parameter end: the window's.
  mutating func takeFinalInvocation(at end: Milliseconds) {
    batch = StreamBatch(closingWindowAt: end)
    isFinalInvocation = true
  }

  mutating func dropBatch() {
    batch = nil
    (batchCount, batchBytes) = (0, 0)
  }

  private mutating func endWindow() {
    window += 1
    windowIsRunning = false
    windowIsOver = false
  }
}
