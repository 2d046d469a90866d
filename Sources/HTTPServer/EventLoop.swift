import CLinux
import Glibc
import Synchronization

/// One thread with its own epoll instance: runs the jobs of the tasks that prefer it, and wakes those that wait for
/// a socket. A connection served here never changes threads between reading, handling and writing.
final class EventLoop: TaskExecutor, @unchecked Sendable {
  // Unchecked, because the state below belongs to the loop's thread alone; only `inbox` is shared, under its lock.

  /// Why a wait ended.
  enum Wake: Sendable {
    case ready
    case timedOut
    /// The server is stopping, and the waiter said that it may be interrupted.
    case draining
  }

  private struct Waiter {
    let continuation: UnsafeContinuation<Wake, Never>
    let deadline: UInt64
    let isInterruptible: Bool
  }

  private struct Slot {
    var reader: Waiter?
    var writer: Waiter?
    var peer: Peer?
    var isOpen = false
  }

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var isStopped = false
  }

  /// How many connections live here; read by whoever places a new one.
  let connectionCount = Atomic<Int>(0)
  var connections: Int { connectionCount.load(ordering: .relaxed) }

  private let name: String
  private let epoll: Int32
  private let alarm: Int32
  private let inbox = Mutex(Inbox())
  private var thread = pthread_t()

  // The loop's thread alone:
  private var jobs: [UnownedJob] = []
  private var slots: [Slot] = []
  private var nextDeadline = UInt64.max
  private var isDraining = false
  private var isStopped = false
  private var date = HTTPDate()
  /// Where connections receive before their parser takes the bytes: one buffer for all of them.
  let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 * 1024)

  init(name: String) throws(HTTPServerError) {
    self.name = name
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    alarm = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard epoll >= 0, alarm >= 0 else { throw .system(call: "epoll_create1", code: errno) }
    control(EPOLL_CTL_ADD, alarm, events: EPOLLIN.rawValue)
    let started = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let loop = Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue()
        headrace_name_thread(loop.name)
        loop.run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard started == 0 else { throw .system(call: "pthread_create", code: started) }
  }

  deinit {
    Glibc.close(epoll)
    Glibc.close(alarm)
    scratch.deallocate()
  }

  /// Ends the thread, once no task runs here any more.
  func stop() {
    inbox.withLock { $0.isStopped = true }
    ring()
  }

  // MARK: Running jobs

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if pthread_equal(pthread_self(), thread) != 0 {
      jobs.append(job)
      return
    }
    // One ring is enough for all the jobs that the loop finds when it wakes.
    let wasEmpty = inbox.withLock { inbox in
      inbox.jobs.append(job)
      return inbox.jobs.count == 1
    }
    if wasEmpty { ring() }
  }

  private func ring() {
    var one: UInt64 = 1
    _ = write(alarm, &one, MemoryLayout.size(ofValue: one))
  }

  private func run() {
    let me = asUnownedTaskExecutor()
    var events = [epoll_event](repeating: epoll_event(), count: 256)
    var running: [UnownedJob] = []
    while true {
      let count = epoll_wait(epoll, &events, Int32(events.count), pause())
      for event in events.prefix(Int(max(count, 0))) {
        if event.data.fd == alarm {
          takeInbox()
        } else {
          wake(event.data.fd, events: event.events)
        }
      }
      if nextDeadline != .max { expire() }
      // What these jobs enqueue runs after the next look at the sockets, so that none of them starves.
      swap(&running, &jobs)
      for job in running { job.runSynchronously(on: me) }
      running.removeAll(keepingCapacity: true)
      if isStopped, jobs.isEmpty { return }
    }
  }

  private func takeInbox() {
    var value: UInt64 = 0
    _ = read(alarm, &value, MemoryLayout.size(ofValue: value))
    inbox.withLock { inbox in
      jobs.append(contentsOf: inbox.jobs)
      inbox.jobs.removeAll(keepingCapacity: true)
      isStopped = inbox.isStopped
    }
  }

  /// How long epoll may wait, in its milliseconds.
  private func pause() -> Int32 {
    guard jobs.isEmpty else { return 0 }
    guard nextDeadline != .max else { return -1 }
    let now = Self.now()
    guard nextDeadline > now else { return 0 }
    return Int32(min((nextDeadline - now) / 1_000_000 + 1, UInt64(Int32.max)))
  }

  // MARK: Waiting for sockets (only from tasks that run here)

  /// Watches a descriptor, until `close`.
  /// - Parameter peer: told when the other end has gone.
  func watch(_ descriptor: Int32, peer: Peer? = nil) {
    if slots.count <= Int(descriptor) {
      slots.append(contentsOf: repeatElement(Slot(), count: Int(descriptor) + 1 - slots.count))
    }
    slots[Int(descriptor)] = Slot(peer: peer, isOpen: true)
    control(
      EPOLL_CTL_ADD, descriptor, events: EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
  }

  /// Closes a watched descriptor.
  func close(watched descriptor: Int32) {
    slots[Int(descriptor)].peer?.leave()
    slots[Int(descriptor)] = Slot()
    Glibc.close(descriptor)
  }

  /// Waits until the descriptor may be read. The caller has read until `EAGAIN` on this thread before.
  func waitToRead(_ descriptor: Int32, until deadline: UInt64, interruptible: Bool = false) async -> Wake {
    if interruptible, isDraining { return .draining }
    return await withUnsafeContinuation { continuation in
      note(deadline)
      slots[Int(descriptor)].reader = Waiter(
        continuation: continuation, deadline: deadline, isInterruptible: interruptible)
    }
  }

  /// Waits until the descriptor may be written. The caller has written until `EAGAIN` on this thread before.
  func waitToWrite(_ descriptor: Int32, until deadline: UInt64) async -> Wake {
    await withUnsafeContinuation { continuation in
      note(deadline)
      slots[Int(descriptor)].writer = Waiter(continuation: continuation, deadline: deadline, isInterruptible: false)
    }
  }

  private func wake(_ descriptor: Int32, events: UInt32) {
    let ended = EPOLLERR.rawValue | EPOLLHUP.rawValue
    if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | ended) != 0 {
      resume(&slots[Int(descriptor)].reader, .ready)
    }
    if events & (EPOLLOUT.rawValue | ended) != 0 { resume(&slots[Int(descriptor)].writer, .ready) }
    if events & (EPOLLRDHUP.rawValue | ended) != 0 { slots[Int(descriptor)].peer?.leave() }
  }

  private func resume(_ waiter: inout Waiter?, _ wake: Wake) {
    guard let continuation = waiter.take()?.continuation else { return }
    continuation.resume(returning: wake)
  }

  // MARK: Time

  /// Nanoseconds of the monotonic clock.
  static func now() -> UInt64 {
    clock_gettime_nsec(CLOCK_MONOTONIC)
  }

  static func deadline(after duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds) / 1_000_000_000)
    return now() &+ nanoseconds
  }

  /// The date header field's value at this moment.
  func httpDate() -> [UInt8] { date.now() }

  private func note(_ deadline: UInt64) {
    if deadline < nextDeadline { nextDeadline = deadline }
  }

  /// Wakes the waiters whose time has come. A deadline that was met stays noted, so that a wait costs no bookkeeping;
  /// the price is a look over the slots now and then.
  private func expire() {
    let now = Self.now()
    guard now >= nextDeadline else { return }
    nextDeadline = .max
    for index in slots.indices {
      if let reader = slots[index].reader {
        if reader.deadline <= now { resume(&slots[index].reader, .timedOut) } else { note(reader.deadline) }
      }
      if let writer = slots[index].writer {
        if writer.deadline <= now { resume(&slots[index].writer, .timedOut) } else { note(writer.deadline) }
      }
    }
  }

  // MARK: Stopping

  /// Wakes the waiters that may be interrupted, now and from now on.
  func drain() {
    isDraining = true
    for index in slots.indices where slots[index].reader?.isInterruptible == true {
      resume(&slots[index].reader, .draining)
    }
  }

  /// Cuts every watched socket, so that whoever waits for it finds it ended.
  func cut() {
    for index in slots.indices where slots[index].isOpen { shutdown(Int32(index), Int32(SHUT_RDWR)) }
  }

  var isStopping: Bool { isDraining }

  private func control(_ operation: Int32, _ descriptor: Int32, events: UInt32) {
    var event = epoll_event()
    event.events = events
    event.data.fd = descriptor
    epoll_ctl(epoll, operation, descriptor, &event)
  }
}

private func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
