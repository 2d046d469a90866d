import Delivery
import LambdaWire
import Mappings
import Testing

@testable import EventSources

/// A worker of a stream, and all that it deals with.
struct StreamWorkerHarness {
  let stream: ScriptedStream
  let functions = AnsweringFunctions()
  let store = ResultStore()
  let checkpoints = FakeCheckpoints()
  let noted = NotingStore()
  let destination = FakeDestination()
  let log = LogLines()
  var mapping: EventSourceMapping

  static let queue = "arn:aws:sqs:us-east-1:111111111111:dead"

  init(_ parameters: String = "{}", readLimit: Int = 1000) throws {
    stream = try ScriptedStream(readLimit: readLimit)
    mapping = EventSourceMapping(
      id: .random(), scope: Scope(account: "111111111111", region: "us-east-1"),
      function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f"),
      sourceARN: StreamSources.kinesisARN, kind: .kinesis, state: .enabled, stateReason: "USER_INITIATED",
      lastProcessingResult: nil, createdAt: Milliseconds(1_790_000_000_000), modifiedAt: Milliseconds(2),
      parameters: EncodedParameters(json: Array(parameters.utf8)))
  }

  /// Runs a worker while the body speaks to it, and stops it then; the journal is written afterwards.
  func work(_ body: (any MappingWorker) async throws -> Void) async throws {
    let journal = Journal(store: noted, keeping: 100, payloadLimit: 16_384, logger: log.logger)
    let world = SourceWorld(
      client: try destination.client(), functions: functions, store: store, checkpoints: checkpoints, journal: journal,
      asynchronous: AcceptingQueue(), installations: FakeInstallations(),
      streamPollInterval: .milliseconds(2), logger: log.logger)
    let made = StreamWorker(mapping, world) { [stream] _, _, _ in stream }
    let worker = try #require(made)
    functions.close(false)
    async let run: Void = worker.run()
    try await body(worker)
    worker.stop()
    // What nobody has answered by now is answered by nobody.
    functions.close(true)
    await run
    journal.close()
    await journal.run()
    noted.deliveries.close()
  }

  /// The mapping with other parameters, or another state.
  func changed(_ parameters: String? = nil, state: MappingState = .enabled) -> EventSourceMapping {
    var changed = mapping
    if let parameters { changed.parameters = EncodedParameters(json: Array(parameters.utf8)) }
    changed.state = state
    return changed
  }

  /// The numbers of the next event's records.
  func nextEvent() async -> String? {
    while let event = await functions.events.next() {
      if event != "withdraw" { return Self.numbers(of: event) }
    }
    return nil
  }

  private static func numbers(of event: String) -> String {
    event.split(separator: #"{"n":"#).dropFirst().map { $0.prefix { $0 != "}" } }.joined(separator: " ")
  }

  func answer(_ result: InvocationResult) { functions.answer(result) }

  /// The function is content with what it has got.
  func succeed() { answer(.answered([])) }

  func fail() { answer(.functionError(FunctionError(payload: []))) }

  /// Waits until a checkpoint is on disk, whatever is put there before.
  func wait(forCheckpoint words: String) async {
    while let saved = await checkpoints.saves.next(), saved != words {}
  }

  /// Waits until the mapping tells something, whatever it tells before.
  func wait(forResult text: String) async {
    while let result = await store.results.next(), result != text {}
  }
}
