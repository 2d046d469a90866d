import HeapModule
import Mappings

/// Which asynchronous events are to be tried now: the earliest of each function, as many as may run at once. Pure.
///
/// It knows only where events are and when they are due; what they hold stays on disk.
struct AsynchronousSchedule {
  private struct Entry: Comparable {
    var dueAt: Milliseconds
    var sequence: Int64

    static func < (left: Entry, right: Entry) -> Bool {
      left.dueAt == right.dueAt ? left.sequence < right.sequence : left.dueAt < right.dueAt
    }
  }

  private struct Lane {
    var waiting = Heap<Entry>()
    var running = 0

    mutating func takeDue(at now: Milliseconds, concurrency: Int) -> Entry? {
      guard running < concurrency, let entry = waiting.min, entry.dueAt <= now else { return nil }
      running += 1
      return waiting.removeMin()
    }
  }

  private var lanes: [FunctionARN: Lane] = [:]
  private let concurrency: Int
  /// Events that wait.
  private(set) var count = 0
  /// Events that are being tried.
  private(set) var running = 0

  /// - Parameter concurrency: events of a function that are tried at once.
  init(concurrency: Int) {
    self.concurrency = concurrency
  }

  /// An event waits.
  mutating func add(_ event: WaitingEvent) {
    lanes[event.function, default: Lane()].waiting.insert(Entry(dueAt: event.dueAt, sequence: event.sequence))
    count += 1
  }

  /// Takes those that are to be tried now; `ended` is to be called for each.
  mutating func takeDue(at now: Milliseconds) -> [(sequence: Int64, function: FunctionARN)] {
    var taken: [(sequence: Int64, function: FunctionARN)] = []
    for index in lanes.indices {
      let function = lanes.keys[index]
      // In place: a lane may be long.
      while let entry = lanes.values[index].takeDue(at: now, concurrency: concurrency) {
        taken.append((entry.sequence, function))
      }
    }
    count -= taken.count
    running += taken.count
    return taken
  }

  /// A try has ended.
  mutating func ended(_ function: FunctionARN) {
    running -= 1
    lanes[function]?.running -= 1
    if let lane = lanes[function], lane.running == 0, lane.waiting.isEmpty { lanes[function] = nil }
  }

  /// When there is something to take next, if no try ends before; nil where there is nothing.
  var nextDue: Milliseconds? {
    lanes.values.lazy.filter { $0.running < concurrency }.compactMap(\.waiting.min?.dueAt).min()
  }
}
