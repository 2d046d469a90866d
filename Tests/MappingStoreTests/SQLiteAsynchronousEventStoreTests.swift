import Mappings
import SQLite
import Testing

@testable import MappingStore

extension AsynchronousEvent {
  /// An event that only differs where the test says so.
  static func make(
    function: String = "f", payload: [UInt8] = Array(#"{"a":1}"#.utf8), dueAt: Int64 = 5,
    ended: Ending? = nil,
    destinations: Destinations = .init()
  ) -> AsynchronousEvent {
    var event = AsynchronousEvent(
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:\(function)"), payload: payload,
      acceptedAt: Milliseconds(1_790_000_000_123), destinations: destinations)
    event.dueAt = Milliseconds(dueAt)
    event.ended = ended
    return event
  }

  /// One with something in every column.
  static let full = AsynchronousEvent(
    sequence: 0, requestID: "11111111-2222-3333-4444-555555555555", mapping: .random(),
    function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f:prod"),
    sourceARN: "arn:aws:s3:::b", payload: Array("\"é\u{0}\"".utf8) + [0, 0xff],
    acceptedAt: Milliseconds(1_790_000_000_123), dueAt: Milliseconds(1_790_000_060_456), attempts: 7, failures: 2,
    delays: 3, lastAnswer: [0xff, 0], ended: .eventAgeExceeded,
    destinations: .init(
      deadLetterQueue: "arn:aws:sqs:us-east-1:111111111111:d", onFailure: "arn:aws:s3:::failed",
      onSuccess: "arn:aws:sns:us-east-1:111111111111:told"))
}

@Suite struct SQLiteAsynchronousEventStoreTests {
  private func withStore(_ body: (SQLiteAsynchronousEventStore) async throws -> Void) async throws {
    try await withDatabase { try await body(SQLiteAsynchronousEventStore($0)) }
  }

  private static let events: [AsynchronousEvent] =
    [
      .full, .make(), .make(payload: []), .make(destinations: .init(deadLetterQueue: "d")),
      .make(destinations: .init(onFailure: "o")), .make(destinations: .init(onSuccess: "o")),
    ] + AsynchronousEvent.Ending.allCases.map { .make(ended: $0) }

  @Test(arguments: events.indices) func eventComesBackAsItWentWithItsPlace(number: Int) async throws {
    try await withStore { store in
      var event = Self.events[number]
      event.sequence = try #require(try await store.append([event]).first)
      #expect(try store.asynchronousEvent(event.sequence) == event)
      #expect(
        try store.waitingEvents() == [
          WaitingEvent(sequence: event.sequence, function: event.function, dueAt: event.dueAt)
        ])
    }
  }

  @Test func eventsGetTheirPlacesInTheirOrder() async throws {
    try await withStore { store in
      let events = (0..<5).map { AsynchronousEvent.make(payload: [UInt8($0)]) }
      let places = try await store.append(events)
      #expect(places == [1, 2, 3, 4, 5])
      for (place, event) in zip(places, events) {
        #expect(try store.asynchronousEvent(place)?.requestID == event.requestID)
        #expect(try store.asynchronousEvent(place)?.payload == event.payload)
      }
      #expect(try await store.append([]) == [])
    }
  }

  @Test func placesAreNeverGivenTwice() async throws {
    try await withStore { store in
      for place in 1...3 {
        #expect(try await store.append([.make()]) == [Int64(place)])
        try await store.removeAsynchronousEvent(Int64(place))
      }
    }
  }

  @Test func whoeverRacesHasPlacesOfHisOwn() async throws {
    try await withStore { store in
      let places = try await withThrowingTaskGroup { group in
        for number in 0..<32 { group.addTask { try await store.append([.make(function: "f\(number)"), .make()]) } }
        return try await group.reduce(into: [[Int64]]()) { $0.append($1) }
      }
      #expect(places.flatMap(\.self).sorted() == Array(1...64))
      for pair in places { #expect(pair[1] == pair[0] + 1) }
    }
  }

  @Test func waitingEventsComeInTheOrderInWhichTheyAreDue() async throws {
    try await withStore { store in
      let dues: [Int64] = [30, 10, 20, .max, -5, 0]
      _ = try await store.append(dues.map { .make(function: "f\($0)", dueAt: $0) })
      let waiting = try store.waitingEvents()
      #expect(waiting.map(\.dueAt.count) == dues.sorted())
      #expect(waiting.map(\.sequence) == [5, 6, 2, 3, 1, 4])
      #expect(waiting.map(\.function.name) == dues.sorted().map { "f\($0)" })
    }
  }

  @Test func updateKeepsWhatHasChangedAndLeavesTheRest() async throws {
    try await withStore { store in
      let places = try await store.append([.make(), .make(dueAt: 6)])
      var event = try #require(try store.asynchronousEvent(places[0]))
      let other = try #require(try store.asynchronousEvent(places[1]))
      (event.dueAt, event.attempts, event.failures, event.delays) = (Milliseconds(99), 4, 2, 1)
      (event.lastAnswer, event.ended) = (Array("no".utf8), .retriesExhausted)
      event.destinations = .init(deadLetterQueue: "d", onFailure: "o")
      try await store.update(event)
      #expect(try store.asynchronousEvent(places[0]) == event)
      event.destinations = .init(onFailure: "o")
      event.ended = nil
      try await store.update(event)
      #expect(try store.asynchronousEvent(places[0]) == event)
      #expect(try store.asynchronousEvent(places[1]) == other)
      #expect(try store.waitingEvents().map(\.dueAt.count) == [6, 99])
    }
  }

  @Test func whatIsFixedWhenAnEventIsAcceptedStays() async throws {
    try await withStore { store in
      let place = try #require(try await store.append([.make()]).first)
      let event = try #require(try store.asynchronousEvent(place))
      var changed = AsynchronousEvent.full
      (changed.sequence, changed.dueAt, changed.attempts, changed.failures) = (place, event.dueAt, 0, 0)
      (changed.delays, changed.lastAnswer, changed.ended, changed.destinations) = (0, [], nil, .init())
      try await store.update(changed)
      #expect(try store.asynchronousEvent(place) == event)
    }
  }

  @Test func eventThatIsGoneIsNoErrorAndDoesNotComeBack() async throws {
    try await withStore { store in
      let place = try #require(try await store.append([.make()]).first)
      let event = try #require(try store.asynchronousEvent(place))
      try await store.removeAsynchronousEvent(place)
      #expect(try store.asynchronousEvent(place) == nil)
      try await store.update(event)
      try await store.removeAsynchronousEvent(place)
      try await store.removeAsynchronousEvent(7)
      #expect(try store.asynchronousEvent(place) == nil)
      #expect(try store.waitingEvents() == [])
    }
  }

  @Test func resetForgetsThemAll() async throws {
    try await withDatabase { database in
      let store = SQLiteAsynchronousEventStore(database)
      let places = try await store.append([.full, .make()])
      try await SQLiteMappingStore(database).removeAll()
      #expect(try store.waitingEvents() == [])
      #expect(try store.asynchronousEvent(places[0]) == nil)
      #expect(try await store.append([.make()]) == [3])
    }
  }

  @Test func eventsOutliveTheirMapping() async throws {
    try await withDatabase { database in
      let (store, mappings) = (SQLiteAsynchronousEventStore(database), SQLiteMappingStore(database))
      let mapping = try EventSourceMapping.make()
      _ = try await mappings.insert(mapping, claims: [], tags: [:])
      var event = AsynchronousEvent.make()
      event.mapping = mapping.id
      let place = try #require(try await store.append([event]).first)
      try await mappings.change(mapping.id, in: mapping.scope) { _ in .delete }
      #expect(try store.asynchronousEvent(place)?.mapping == mapping.id)
    }
  }

  @Test func eventsOutliveTheProcess() async throws {
    try await withDatabasePath { path in
      var event = AsynchronousEvent.full
      try await withDatabase(at: .file(path: path)) { database in
        let store = SQLiteAsynchronousEventStore(database)
        let places = try await store.append([event, .make(), .make()])
        event.sequence = places[0]
        event.failures = 3
        event.lastAnswer = Array("again".utf8)
        try await store.update(event)
        try await store.removeAsynchronousEvent(places[1])
      }
      try await withDatabase(at: .file(path: path)) { database in
        let store = SQLiteAsynchronousEventStore(database)
        let (kept, waiting) = (try store.asynchronousEvent(event.sequence), try store.waitingEvents())
        #expect(kept == event)
        #expect(waiting.map(\.sequence) == [3, 1])
      }
    }
  }
}
