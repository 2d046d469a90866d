import LambdaWire
public import Logging
public import Mappings
import Synchronization

/// Keeps one worker for each mapping that a source type can read, and tells it what is wished for.
///
/// It reads what is wished for from the store, whatever it was told: a change is a hint to look, so that hints may come
/// twice, late or for what is gone already.
public final class Supervisor: Sendable {
  /// Mappings that are read at once when the process starts.
  private static let page = 500

  private enum Signal: Sendable {
    case changed(MappingID, Scope)
    case allForgotten
    case ended(MappingID)
  }

  private let store: any MappingStore
  private let installations: (any InstallationStore)?
  private let makeWorker: @Sendable (EventSourceMapping) -> (any MappingWorker)?
  private let onLoaded: @Sendable () -> Void
  private let logger: Logger
  private let signals = Mailbox<Signal>()

  /// - Parameters:
  ///   - installations: what earlier processes may have left beside sources; nil where none ever did.
  ///   - onLoaded: called when all that an earlier process left has its workers.
  ///   - makeWorker: nil for a mapping that nobody can read.
  public init(
    store: any MappingStore, installations: (any InstallationStore)? = nil, logger: Logger,
    onLoaded: @escaping @Sendable () -> Void = {},
    makeWorker: @escaping @Sendable (EventSourceMapping) -> (any MappingWorker)?
  ) {
    self.store = store
    self.installations = installations
    self.onLoaded = onLoaded
    self.logger = logger
    self.makeWorker = makeWorker
  }

  /// Told after a change is on disk.
  public func note(_ event: MappingEvent) {
    switch event {
    case .changed(let mapping): signals.send(.changed(mapping.id, mapping.scope))
    case .allForgotten: signals.send(.allForgotten)
    }
  }

  /// Ends all work gracefully; `run` returns when it is done.
  public func stop() { signals.close() }

  /// Works until `stop`.
  public func run() async {
    await withDiscardingTaskGroup { group in
      var workers: [MappingID: any MappingWorker] = [:]
      var scopes: [MappingID: Scope] = [:]
      // The revisions that nobody can read, so that it is told once of each.
      var unreadable: [MappingID: Int64] = [:]
      func begin(_ mapping: EventSourceMapping) {
        guard let worker = makeWorker(mapping) else {
          unreadable[mapping.id] = mapping.revision
          return
        }
        unreadable[mapping.id] = nil
        workers[mapping.id] = worker
        scopes[mapping.id] = mapping.scope
        group.addTask(executorPreference: worker.executor) { [signals] in
          await worker.run()
          signals.send(.ended(mapping.id))
        }
      }
      func look(at mapping: EventSourceMapping) {
        if let worker = workers[mapping.id] {
          worker.apply(mapping)
        } else if mapping.state == .enabled, unreadable[mapping.id] != mapping.revision {
          begin(mapping)
        }
      }
      load(look)
      for (mapping, isGone) in leftovers() where workers[mapping.id] == nil {
        begin(mapping)
        if isGone { workers[mapping.id]?.end() }
      }
      onLoaded()
      while let signal = await signals.next() {
        switch signal {
        case .changed(let id, let scope):
          switch read(id, scope) {
          case .there(let mapping): look(at: mapping)
          case .gone:
            unreadable[id] = nil
            workers[id]?.end()
          case .unreadable: break
          }
        case .allForgotten:
          unreadable = [:]
          // One that was made since is there.
          for (id, worker) in workers {
            if let scope = scopes[id], case .gone = read(id, scope) { worker.end() }
          }
        case .ended(let id): (workers[id], scopes[id]) = (nil, nil)
        }
      }
      for worker in workers.values { worker.stop() }
    }
  }

  // MARK: What is wished for

  private func load(_ look: (EventSourceMapping) -> Void) {
    var marker: PageMarker?
    do throws(MappingError) {
      repeat {
        let page = try store.allMappings(after: marker, limit: Self.page)
        for mapping in page.mappings { look(mapping) }
        marker = page.next
      } while marker != nil
    } catch {
      logger.error("cannot read the mappings", metadata: ["reason": "\(error)"])
    }
  }

  /// Mappings that are disabled or gone, and may have something left beside their sources.
  private func leftovers() -> [(mapping: EventSourceMapping, isGone: Bool)] {
    do throws(MappingError) {
      var leftovers: [(mapping: EventSourceMapping, isGone: Bool)] = []
      for installation in try installations?.installations() ?? [] {
        switch read(installation.mapping, installation.scope) {
        case .there(let mapping): leftovers.append((mapping, false))
        case .gone: leftovers.append((EventSourceMapping(remainsOf: installation), true))
        case .unreadable: break
        }
      }
      return leftovers
    } catch {
      logger.error("cannot read what was installed", metadata: ["reason": "\(error)"])
      return []
    }
  }

  private enum Finding {
    case there(EventSourceMapping)
    case gone
    case unreadable
  }

  private func read(_ id: MappingID, _ scope: Scope) -> Finding {
    do throws(MappingError) {
      return try store.mapping(id, in: scope).map(Finding.there) ?? .gone
    } catch {
      logger.error("cannot read a mapping", metadata: ["mapping": "\(id)", "reason": "\(error)"])
      return .unreadable
    }
  }
}

extension EventSourceMapping {
  /// A mapping that is gone, as far as it is known by what it has left.
  fileprivate init(remainsOf installation: SourceInstallation) {
    self.init(
      id: installation.mapping, scope: installation.scope, function: installation.function,
      sourceARN: installation.sourceARN, kind: installation.kind, state: .deleting, stateReason: "",
      lastProcessingResult: nil, createdAt: Milliseconds(0), modifiedAt: Milliseconds(0),
      parameters: EncodedParameters(json: Array("{}".utf8)))
  }
}
