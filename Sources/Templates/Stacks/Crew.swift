/// Works through many things, so many at once.
enum Crew {
  static let size = 32

  /// When one fails, no other is begun, and those that have begun are brought to their end.
  static func work<Element: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws(TemplateError) -> Void
  ) async throws(TemplateError) {
    let failure = await withTaskGroup(of: TemplateError?.self) { group in
      var failure: TemplateError?
      var next = elements.makeIterator()
      func begin() {
        guard failure == nil, let element = next.next() else { return }
        group.addTask {
          do throws(TemplateError) {
            try await body(element)
            return nil
          } catch {
            return error
          }
        }
      }
      for _ in 0..<size { begin() }
      for await result in group {
        failure = failure ?? result
        begin()
      }
      return failure
    }
    if let failure { throw failure }
  }

  /// Turn after turn, from the last to the first: what was made last goes first.
  static func workBackwards<Element: Sendable>(
    _ elements: [Element], turn: (Element) -> Int,
    _ body: @escaping @Sendable (Element) async throws(TemplateError) -> Void
  ) async throws(TemplateError) {
    let turns = Dictionary(grouping: elements, by: turn)
    for turn in turns.keys.sorted(by: >) { try await work(turns[turn] ?? [], body) }
  }
}
