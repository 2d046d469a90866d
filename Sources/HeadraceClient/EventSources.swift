import AWSClient
import JSON

/// Event source mappings, a page at a time.
public struct EventSources: AsyncSequence, Sendable {
  public typealias Element = EventSourceMapping
  public typealias Failure = HeadraceClientError

  let client: Client
  let function: String?
  let source: String?

  public func makeAsyncIterator() -> Iterator { Iterator(sources: self) }

  /// Where an iteration is.
  public struct Iterator: AsyncIteratorProtocol {
    let sources: EventSources
    private var page: [EventSourceMapping] = []
    private var marker: String? = ""

    init(sources: EventSources) {
      self.sources = sources
    }

    public mutating func next() async throws(HeadraceClientError) -> EventSourceMapping? {
      while page.isEmpty {
        guard let marker else { return nil }
        try await readPage(marker)
      }
      return page.removeFirst()
    }

    private mutating func readPage(_ marker: String) async throws(HeadraceClientError) {
      let query = [("FunctionName", sources.function), ("EventSourceArn", sources.source), ("Marker", marker)]
        .compactMap { name, value in
          value.flatMap { $0.isEmpty ? nil : "\(name)=\(PercentEncoding.text($0))" }
        }
      let answer = try await sources.client.send("GET", query: query.joined(separator: "&"))
      guard let document = try? JSONValue(parsing: answer),
        case .array(let mappings)? = document["EventSourceMappings"]
      else { throw .unexpectedAnswer("the answer is no list of event source mappings") }
      page = try mappings.map { (mapping) throws(HeadraceClientError) in try EventSourceMapping(mapping) }
      guard case .string(let next)? = document["NextMarker"], !next.isEmpty else {
        self.marker = nil
        return
      }
      // Nobody is to turn in a circle because a service does.
      guard next != marker else {
        throw .unexpectedAnswer("the list of event source mappings goes on with the same page")
      }
      self.marker = next
    }
  }
}
