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
    /// How often in a row the function was not there.
    var absences = 0
    /// Until when it is left alone then.
    var restsUntil = Milliseconds(.min)

    /// A function that was not there is asked with one event, not with all that wait.
    func hasRoom(_ concurrency: Int) -> Bool { running < (absences > 0 ? 1 : concurrency) }

    var nextDue: Milliseconds? { waiting.min.map { max($0.dueAt, restsUntil) } }

    mutating func takeDue(at now: Milliseconds, concurrency: Int) -> Entry? {
      guard hasRoom(concurrency), let due = nextDue, due <= now else { return nil }
      running += 1
      return waiting.removeMin()
    }

    mutating func note(wasThere: Bool, at now: Milliseconds) {
      guard !wasThere else {
        (absences, restsUntil) = (0, Milliseconds(.min))
        return
      }
      // What was asked at the same time tells the same.
      guard now >= restsUntil else { return }
      absences += 1
      restsUntil = now + AsynchronousPolicy.rest(after: absences)
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
  /// - Parameter wasThere: whether the function was there, where that was seen.
  mutating func ended(_ function: FunctionARN, wasThere: Bool? = nil, at now: Milliseconds) {
    running -= 1
    lanes[function]?.running -= 1
    if let wasThere { lanes[function]?.note(wasThere: wasThere, at: now) }
    if let lane = lanes[function], lane.running == 0, lane.waiting.isEmpty { lanes[function] = nil }
  }

  /// Nothing waits any more.
  mutating func removeWaiting() {
    lanes = lanes.filter { $0.value.running > 0 }
    for index in lanes.indices { lanes.values[index].waiting = Heap() }
    count = 0
  }

  /// When there is something to take next, if no try ends before; nil where there is nothing.
  var nextDue: Milliseconds? {
    lanes.values.lazy.filter { $0.hasRoom(concurrency) }.compactMap(\.nextDue).min()
  }
}
