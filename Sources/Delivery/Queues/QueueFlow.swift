import Mappings

/// A message as the flow sees it.
public protocol QueuedMessage: Sendable {
  /// The same for every time that the queue gives the message.
  var id: String { get }
  /// Bytes of its record in the event.
  var byteCount: Int { get }
  /// The message group of a FIFO queue; nil elsewhere.
  var group: String? { get }
}

/// What a queue's mapping does next: when it receives and how much, when a batch is complete, when one goes out.
///
/// A state machine: an event in, actions out; no I/O and no clock. Whoever performs the actions reports each one's end
/// as an event. Sources: documented.md, "Reading a source"; recorded-facts, section 8.
public struct QueueFlow<Message: QueuedMessage>: Sendable {
  /// The parameters of a mapping that the flow needs.
  public struct Settings: Equatable, Sendable {
    public var batchSize: Int
    public var window: Duration
    /// `MaximumConcurrency`, or nil.
    public var maximumConcurrency: Int?

    /// The parameters.
    public init(batchSize: Int, window: Duration, maximumConcurrency: Int?) {
      self.batchSize = batchSize
      self.window = window
      self.maximumConcurrency = maximumConcurrency
    }
  }

  /// What happened.
  public enum Event: Sendable {
    /// A receive ended well.
    /// - Parameters:
    ///   - messages: those that passed the filter.
    ///   - count: how many the queue gave.
    ///   - asked: how many were asked for.
    case received([Message], count: Int, asked: Int)
    case receiveFailed(asked: Int)
    /// A pause is over.
    case rested
    case windowEnded(Int)
    /// - Parameter failedGroups: the message groups of which something was not done.
    case batchEnded(Int, QueueBatchFate.Pressure, failedGroups: Set<String> = [])
    /// A third of the queue's visibility timeout has passed since the last one.
    case heartbeat
    case configured(Settings)
    /// The mapping is disabled, or goes: nothing new is received, and what still comes is given back.
    case paused
    /// The mapping is enabled again.
    case resumed
  }

  /// What is to be done.
  public enum Action: Sendable {
    /// Receive; ends as `received` or `receiveFailed`.
    case receive(maximum: Int, waitSeconds: Int)
    /// Ends as `windowEnded` with the same number.
    case startWindow(Int, Duration)
    /// Invoke the function; ends as `batchEnded` with the same number.
    case deliver(Int, [Message])
    /// Make messages visible again, at once.
    case release([Message])
    /// Keep messages invisible for another visibility timeout.
    case extend([Message])
    /// Ends as `rested`.
    case rest(Pause)
  }

  /// Why the flow pauses.
  public enum Pause: Equatable, Sendable {
    case sourceFailed, functionOverloaded
  }

  /// The most that one ReceiveMessage gives (SQS's API).
  public static var receiveLimit: Int { 10 }
  /// Long polling: the longest that SQS waits.
  public static var longPollSeconds: Int { 20 }
  /// What a second receive waits beside a first one that listens anyway.
  public static var shortPollSeconds: Int { 1 }

  private var settings: Settings
  private var concurrency: Concurrency
  private var isPaused = false
  private var resting: Pause?

  /// Receives under way, and the sum of what they asked for.
  private var receives = 0
  private var asked = 0
  /// How many receives may be under way: one listens; more while messages come.
  private var heat = 1

  /// The batch that is being gathered, where there is a window.
  private var gathered: [Held] = []
  private var gatheredBytes = 0
  private var window = 0
  /// Complete batches that wait for a place.
  private var ready: [[Held]] = []
  private var inFlight: [Int: [Held]] = [:]
  private var lastBatch = 0
  private var groupsHeld: [String: Int] = [:]
  /// Messages whose group is held by a batch: their turn comes when it ends. A queue gives the next message of a group
  /// as soon as the one before is deleted, which may be heard of before the end of its batch.
  private var aside: [Held] = []

  private struct Held: Sendable {
    var message: Message
    /// Whether a heartbeat has seen it already.
    var isAged = false
  }

  /// A flow that has done nothing yet; `start` begins.
  public init(_ settings: Settings) {
    self.settings = settings
    concurrency = Concurrency(ceiling: settings.maximumConcurrency)
  }

  /// Whether nothing is under way.
  public var isIdle: Bool { receives == 0 && !holdsMessages }

  /// Whether messages are held, and so heartbeats needed.
  public var holdsMessages: Bool { !inFlight.isEmpty || !ready.isEmpty || !gathered.isEmpty || !aside.isEmpty }

  /// Whether messages came a moment ago, so that what is under way ends soon; else receives wait for long.
  public var isBusy: Bool { heat > 1 || holdsMessages }

  /// Batches at once at present.
  public var concurrencyLimit: Int { concurrency.limit }

  /// The first actions.
  public mutating func start() -> [Action] {
    var actions: [Action] = []
    fill(&actions)
    return actions
  }

  /// One step.
  /// - Parameter now: time since any fixed moment.
  public mutating func handle(_ event: Event, at now: Duration) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .received(let messages, let count, let asked):
      receives -= 1
      self.asked -= asked
      take(messages, count: count, at: now, &actions)
    case .receiveFailed(let asked):
      receives -= 1
      self.asked -= asked
      heat = 1
      rest(.sourceFailed, &actions)
    case .rested:
      resting = nil
    case .windowEnded(let number):
      if number == window { completeBatch() }
    case .batchEnded(let number, let pressure, let failedGroups):
      end(number, pressure, failedGroups, at: now, &actions)
    case .heartbeat:
      beat(&actions)
    case .configured(let settings):
      configure(settings)
    case .paused:
      isPaused = true
      completeBatch()
      let held = (ready.joined() + aside).map(\.message)
      for batch in ready { letGo(batch) }
      (ready, aside) = ([], [])
      if !held.isEmpty { actions.append(.release(held)) }
    case .resumed:
      isPaused = false
    }
    dispatch(&actions)
    fill(&actions)
    return actions
  }

  // MARK: Receiving

  /// Starts as many receives as there is room for.
  private mutating func fill(_ actions: inout [Action]) {
    guard !isPaused, resting == nil, ready.isEmpty, aside.count < Self.receiveLimit * concurrency.limit else { return }
    while receives < heat {
      var maximum = min(Self.receiveLimit, settings.batchSize)
      if settings.window == .zero {
        // Every receive may become a batch of its own.
        guard inFlight.count + receives < concurrency.limit else { return }
      } else {
        guard inFlight.count < concurrency.limit else { return }
        maximum = min(maximum, settings.batchSize - gathered.count - asked)
        guard maximum > 0 else { return }
      }
      let waitSeconds = receives == 0 ? Self.longPollSeconds : Self.shortPollSeconds
      receives += 1
      asked += maximum
      actions.append(.receive(maximum: maximum, waitSeconds: waitSeconds))
    }
  }

  private mutating func take(_ messages: [Message], count: Int, at now: Duration, _ actions: inout [Action]) {
    guard !isPaused else {
      if !messages.isEmpty { actions.append(.release(messages)) }
      return
    }
    // Messages come: look for more at once. None came: one listener is enough.
    heat = count > 0 ? min(heat * 2, settings.window == .zero ? concurrency.limit : Concurrency.initial * 2) : 1
    if count == 0 {
      concurrency.noteEmpty()
    } else if inFlight.count + receives + 1 >= concurrency.limit {
      concurrency.noteBacklog(at: now)
    }
    for message in messages { gather(Held(message: message), &actions) }
    if settings.window == .zero { completeBatch() }
  }

  private mutating func rest(_ pause: Pause, _ actions: inout [Action]) {
    guard resting == nil else { return }
    resting = pause
    actions.append(.rest(pause))
  }

  // MARK: Batches

  private mutating func gather(_ held: Held, _ actions: inout [Action]) {
    let message = held.message
    // A record and its comma; the batch's frame is `{"Records":[]}`.
    let frame = 14
    let bytes = message.byteCount + 1
    if !gathered.isEmpty, frame + gatheredBytes + bytes > Invocation.maximumPayloadBytes { completeBatch() }
    if let group = message.group, groupsHeld[group] != nil || aside.contains(where: { $0.message.group == group }) {
      // Given again while it is in flight, its visibility timeout has ended: it is left to whoever has it.
      let isInFlight = inFlight.values.contains { $0.contains { $0.message.id == message.id } }
      if !isInFlight { aside.append(held) }
      return
    }
    if gathered.isEmpty, settings.window > .zero {
      window += 1
      actions.append(.startWindow(window, settings.window))
    }
    gathered.append(held)
    gatheredBytes += bytes
    if gathered.count >= settings.batchSize { completeBatch() }
  }

  private mutating func completeBatch() {
    guard !gathered.isEmpty else { return }
    // More than one where the batch size was lowered meanwhile.
    for start in stride(from: 0, to: gathered.count, by: settings.batchSize) {
      ready.append(Array(gathered[start..<min(start + settings.batchSize, gathered.count)]))
    }
    for held in gathered { if let group = held.message.group { groupsHeld[group, default: 0] += 1 } }
    gathered = []
    gatheredBytes = 0
    // A window that was started for it means nothing any more.
    window += 1
  }

  private mutating func dispatch(_ actions: inout [Action]) {
    guard resting != .functionOverloaded else { return }
    while inFlight.count < concurrency.limit, !ready.isEmpty {
      let batch = ready.removeFirst()
      lastBatch += 1
      inFlight[lastBatch] = batch
      actions.append(.deliver(lastBatch, batch.map { $0.message }))
    }
  }

  private mutating func end(
    _ number: Int, _ pressure: QueueBatchFate.Pressure, _ failedGroups: Set<String>, at now: Duration,
    _ actions: inout [Action]
  ) {
    letGo(inFlight.removeValue(forKey: number) ?? [])
    takeUp(failedGroups, &actions)
    switch pressure {
    case .none: break
    case .failing: concurrency.shrink(to: Concurrency.initial, at: now)
    case .overloaded:
      concurrency.shrink(to: 1, at: now)
      heat = 1
      rest(.functionOverloaded, &actions)
    }
  }

  /// Goes on with messages whose group is free now. What follows a failed message of its group must not overtake it: it
  /// is left to come again, after that one.
  private mutating func takeUp(_ failedGroups: Set<String>, _ actions: inout [Action]) {
    guard !aside.isEmpty else { return }
    let waiting = aside
    aside = []
    for held in waiting where !(held.message.group.map(failedGroups.contains) ?? false) { gather(held, &actions) }
    if settings.window == .zero { completeBatch() }
  }

  private mutating func letGo(_ batch: [Held]) {
    // Plain loops: in a generic type, key paths and lazy sequences are built anew at every call.
    for held in batch {
      guard let group = held.message.group else { continue }
      let left = (groupsHeld[group] ?? 1) - 1
      groupsHeld[group] = left == 0 ? nil : left
    }
  }

  private mutating func configure(_ settings: Settings) {
    self.settings = settings
    concurrency.setCeiling(settings.maximumConcurrency)
    if settings.window == .zero || gathered.count >= settings.batchSize { completeBatch() }
  }

  // MARK: Keeping messages invisible

  /// Extends what was already there at the last heartbeat, so that a short delivery costs no call.
  private mutating func beat(_ actions: inout [Action]) {
    var aged: [Message] = []
    func age(_ batch: inout [Held]) {
      for index in batch.indices {
        if batch[index].isAged { aged.append(batch[index].message) }
        batch[index].isAged = true
      }
    }
    age(&gathered)
    age(&aside)
    for index in ready.indices { age(&ready[index]) }
    for (number, batch) in inFlight {
      var batch = batch
      age(&batch)
      inFlight[number] = batch
    }
    if !aged.isEmpty { actions.append(.extend(aged)) }
  }
}
