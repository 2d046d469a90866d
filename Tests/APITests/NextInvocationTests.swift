import AWSClient
import EventSources
import Functions
import Glibc
import HTTPServer
import HTTPTypes
import Logging
import MappingStore
import Mappings
import SQLite
import Templates
import Testing

@testable import API

/// A journal that is empty.
private struct EmptyJournal: DeliveryJournal {
  func deliveries(
    after sequence: Int64, of mapping: MappingID?, limit: Int
  ) throws(MappingError) -> [DeliveryRecord] { [] }
  func waitForDelivery(after sequence: Int64, of mapping: MappingID?, for limit: Duration) async {}
}

private struct NobodyWaits: AsynchronousInvoker {
  func accept(_ events: [AsynchronousEvent]) async throws(MappingError) {}
}

private struct NobodyPosts: EventIntake {
  func takeSNS(_ body: [UInt8], for mapping: MappingID) async throws(IntakeRefusal) -> Int { 0 }
  func takeS3(_ body: [UInt8]) async throws(IntakeRefusal) -> Int { 0 }
}

@Suite(.timeLimit(.minutes(5))) struct NextInvocationTests {
  /// A runtime that was killed right after it asked must not be handed work: nobody would answer it until its deadline.
  @Test func runtimeThatIsGoneBeforeItsRequestIsReadTakesNoWork() async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let database = try Database(headrace: .memory)
    let client = AWSClient(try AWSConfiguration(variables: [:]))
    let functions = Functions(
      directory: try FunctionDirectory(
        configured: [], fallback: .runtime(port: nil), store: SQLiteFunctionTargetStore(database)),
      client: client, timeout: .seconds(600), logger: logger)
    let mappings = MappingService(store: SQLiteMappingStore(database), catalog: Catalog())
    let settings = EventInvokeConfigurations(store: SQLiteEventInvokeConfigurationStore(database))
    let stacks = Stacks(store: SQLiteStackStore(database), client: client, now: { 0 }) {
      StackMappings(mappings, settings, in: Scope(account: $0, region: $1))
    }
    let services = Services(
      mappings: mappings, eventInvokeConfigurations: settings, functions: functions,
      journal: EmptyJournal(), asynchronous: NobodyWaits(), intake: NobodyPosts(), stacks: stacks, lambda: nil,
      runtimePorts: RuntimePorts(host: "127.0.0.1", limits: HTTPLimits()),
      logger: logger)
    let service = API(services, scope: Scope(account: "111111111111", region: "us-east-1")).service

    let server = try HTTPServer(listeningOn: [.tcp(host: "127.0.0.1", port: 0)], eventLoops: 1)
    guard case .tcp(_, let port)? = server.addresses.first else { return }
    // Asks and is gone, before the server has looked at it.
    try askAndHangUp("/_headrace/runtime/f/2018-06-01/runtime/invocation/next", port: port)

    let (answers, answered) = AsyncStream<HTTPResponse.Status>.makeStream()
    async let run: Void = server.run(
      HTTPService(
        handle: { request in
          let response = await service.handle(request)
          answered.yield(response.status)
          return response
        }, refuse: service.refuse))
    async let result = functions.invoke(
      Invocation(
        function: FunctionARN(stored: "arn:aws:lambda:us-east-1:111111111111:function:f"), payload: Array("1".utf8)))
    var statuses = answers.makeAsyncIterator()
    #expect(await statuses.next() == .serviceUnavailable)
    functions.runtimes.close()
    #expect(await result == .withdrawn)
    server.stop()
    await run
    await client.shutdown()
    await database.close()
  }

  private func askAndHangUp(_ path: String, port: Int) throws {
    struct CannotConnect: Error { var code: Int32 }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw CannotConnect(code: errno) }
    let text = "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n"
    _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}
