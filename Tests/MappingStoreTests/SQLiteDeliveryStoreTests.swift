import Mappings
import SQLite
import Testing

@testable import MappingStore

extension DeliveryRecord {
  /// A delivery that only differs where the test says so.
  static func make(
    of mapping: MappingID, attempt: Int = 1, outcome: Outcome = .success, error: String? = nil,
    source: String? = "arn:aws:sqs:us-east-1:111111111111:q"
  ) -> DeliveryRecord {
    DeliveryRecord(
      mapping: mapping, function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f:1"),
      sourceARN: source, startedAt: Milliseconds(1_790_000_000_123), durationMicroseconds: 1234, attempt: attempt,
      batchSize: 3, outcome: outcome, error: error, event: JournaledPayload(Array(#"{"Records":[]}"#.utf8), limit: 5),
      answer: JournaledPayload([0, 0xff], limit: 5))
  }
}

@Suite struct SQLiteDeliveryStoreTests {
  private func withStore(_ body: (SQLiteDeliveryStore) async throws -> Void) async throws {
    let database = try Database(headrace: .memory)
    try await body(SQLiteDeliveryStore(database))
    await database.close()
  }

  /// The attempts of what is there, by which tests number their deliveries.
  private func attempts(
    _ store: SQLiteDeliveryStore, after sequence: Int64 = 0, of mapping: MappingID? = nil, limit: Int = 100
  ) throws -> [Int] {
    try store.deliveries(after: sequence, of: mapping, limit: limit).map(\.attempt)
  }

  @Test func deliveryComesBackAsItWentWithItsPlace() async throws {
    try await withStore { store in
      let mapping = MappingID.random()
      var expected = DeliveryRecord.Outcome.allCases.map { DeliveryRecord.make(of: mapping, outcome: $0, error: "é") }
      expected.append(.make(of: mapping, source: nil))
      try await store.append(expected, keeping: 100)
      for place in expected.indices { expected[place].sequence = Int64(place + 1) }
      #expect(try store.deliveries(after: 0, of: nil, limit: 100) == expected)
      #expect(try store.deliveries(after: 0, of: nil, limit: 1).first?.event.isWhole == false)
      #expect(try store.deliveries(after: 0, of: nil, limit: 1).first?.answer.isWhole == true)
    }
  }

  @Test func eachMappingKeepsItsLastDeliveries() async throws {
    try await withStore { store in
      let (a, b, c) = (MappingID.random(), MappingID.random(), MappingID.random())
      try await store.append([.make(of: c, attempt: 100)], keeping: 3)
      try await store.append((1...5).map { .make(of: $0.isMultiple(of: 2) ? b : a, attempt: $0) }, keeping: 3)
      #expect(try attempts(store, of: a) == [1, 3, 5])
      #expect(try attempts(store, of: b) == [2, 4])
      try await store.append([.make(of: a, attempt: 6), .make(of: a, attempt: 7)], keeping: 3)
      #expect(try attempts(store, of: a) == [5, 6, 7])
      #expect(try attempts(store, of: b) == [2, 4])
      try await store.append([.make(of: b, attempt: 8)], keeping: 1)
      #expect(try attempts(store, of: b) == [8])
      // One that has no delivery among the new ones is left as it is.
      #expect(try attempts(store) == [100, 5, 6, 7, 8])
    }
  }

  @Test func deliveriesAreReadFromAPlaceOnUpToALimit() async throws {
    try await withStore { store in
      let (a, b) = (MappingID.random(), MappingID.random())
      try await store.append((1...6).map { .make(of: $0.isMultiple(of: 2) ? b : a, attempt: $0) }, keeping: 100)
      #expect(try attempts(store, after: 2) == [3, 4, 5, 6])
      #expect(try attempts(store, after: 2, limit: 2) == [3, 4])
      #expect(try attempts(store, after: 2, of: a) == [3, 5])
      #expect(try attempts(store, after: 2, of: b, limit: 1) == [4])
      #expect(try attempts(store, after: 6) == [])
      #expect(try attempts(store, of: .random()) == [])
    }
  }

  @Test func placesAreNeverGivenTwice() async throws {
    try await withStore { store in
      let mapping = MappingID.random()
      for attempt in 1...3 {
        try await store.append([.make(of: mapping, attempt: attempt)], keeping: 1)
        #expect(try store.deliveries(after: 0, of: nil, limit: 10).map(\.sequence) == [Int64(attempt)])
      }
      try await store.append([.make(of: mapping)], keeping: 0)
      #expect(try store.deliveries(after: 0, of: nil, limit: 10).isEmpty)
      try await store.append([.make(of: mapping)], keeping: 1)
      #expect(try store.deliveries(after: 0, of: nil, limit: 10).map(\.sequence) == [5])
    }
  }

  @Test func nothingToAddIsNoError() async throws {
    try await withStore { store in
      try await store.append([], keeping: 1)
      #expect(try attempts(store) == [])
    }
  }
}
