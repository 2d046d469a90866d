public import Mappings
import Synchronization

/// One function's target, and how it is called.
public struct FunctionEntry: Equatable, Sendable {
  /// A function's name, with or without `:QUALIFIER`, or `*` for all that have none of their own.
  public var name: String
  public var target: FunctionTarget
  /// Invocations at once; nil where it is the target's default.
  public var concurrency: Int?
  /// How long an invocation may take; nil where it is the default.
  public var timeout: Duration?

  /// An entry.
  public init(name: String, target: FunctionTarget, concurrency: Int? = nil, timeout: Duration? = nil) {
    self.name = name
    self.target = target
    self.concurrency = concurrency
    self.timeout = timeout
  }

  /// Invocations at once; nil for any number. The Runtime Interface Emulator breaks under two.
  var concurrencyLimit: Int? { concurrency ?? (target.isRuntimeInterfaceEmulator ? 1 : nil) }
}

/// Where an entry comes from.
public enum FunctionEntryOrigin: String, Sendable {
  /// Flags, their file or their environment variable: fixed while the process runs.
  case configuration
  /// The API: kept in the store.
  case stored
}

/// Which function runs where: what was configured at start, over what the store keeps, over the default.
public final class FunctionDirectory: Sendable {
  private struct State {
    var stored: [String: FunctionEntry]
  }

  /// Why an entry was not changed.
  public enum ChangeError: Error, Equatable, Sendable {
    /// The name is configured at start, which wins.
    case isConfigured(String)
    case notFound(String)
    case store(MappingError)
  }

  private let configured: [String: FunctionEntry]
  private let fallback: FunctionTarget
  private let store: any FunctionTargetStore
  private let state: Mutex<State>

  /// - Parameters:
  ///   - configured: what was configured at start.
  ///   - fallback: the target of functions that nobody named.
  ///   - store: the rest; entries whose target cannot be parsed any more are left out.
  public init(
    configured: [FunctionEntry], fallback: FunctionTarget, store: any FunctionTargetStore
  ) throws(MappingError) {
    self.configured = Dictionary(configured.map { ($0.name, $0) }) { $1 }
    self.fallback = fallback
    self.store = store
    let stored = try store.functionTargets().compactMap(FunctionEntry.init)
    state = Mutex(State(stored: Dictionary(stored.map { ($0.name, $0) }) { $1 }))
  }

  /// The entry that counts for a function: by name and qualifier, else by name, else `*`, else the default.
  public func entry(for function: FunctionARN) -> FunctionEntry {
    let name = function.name
    let names = [function.qualifier.map { "\(name):\($0)" }, name, "*"].compactMap(\.self)
    let stored = state.withLock(\.stored)
    for name in names {
      if let entry = configured[name] ?? stored[name] { return entry }
    }
    return FunctionEntry(name: "*", target: fallback)
  }

  /// All entries, in the order of their names. A stored one that a configured one hides is not shown.
  public var entries: [(entry: FunctionEntry, origin: FunctionEntryOrigin)] {
    let stored = state.withLock(\.stored).values.filter { configured[$0.name] == nil }
    let all =
      configured.values.map { ($0, FunctionEntryOrigin.configuration) }
      + stored.map { ($0, FunctionEntryOrigin.stored) }
    return all.sorted { $0.0.name < $1.0.name }.map { (entry: $0.0, origin: $0.1) }
  }

  /// The entry of exactly that name.
  public func entry(named name: String) -> (entry: FunctionEntry, origin: FunctionEntryOrigin)? {
    if let entry = configured[name] { return (entry, .configuration) }
    return state.withLock(\.stored)[name].map { ($0, .stored) }
  }

  /// Adds or replaces an entry; it is on disk when this returns.
  public func set(_ entry: FunctionEntry) async throws(ChangeError) {
    guard configured[entry.name] == nil else { throw .isConfigured(entry.name) }
    do throws(MappingError) { try await store.setFunctionTarget(StoredFunctionTarget(entry)) } catch {
      throw .store(error)
    }
    state.withLock { $0.stored[entry.name] = entry }
  }

  /// Removes an entry; it is gone from disk when this returns.
  public func remove(_ name: String) async throws(ChangeError) {
    guard configured[name] == nil else { throw .isConfigured(name) }
    let wasThere: Bool
    do throws(MappingError) { wasThere = try await store.removeFunctionTarget(name) } catch { throw .store(error) }
    guard wasThere else { throw .notFound(name) }
    state.withLock { $0.stored[name] = nil }
  }
}

extension FunctionEntry {
  /// Nil where the target cannot be parsed.
  fileprivate init?(_ stored: StoredFunctionTarget) {
    guard let target = try? FunctionTarget(parsing: stored.target) else { return nil }
    self.init(
      name: stored.name, target: target, concurrency: stored.concurrency,
      timeout: stored.timeoutMilliseconds.map { .milliseconds($0) })
  }
}

extension StoredFunctionTarget {
  fileprivate init(_ entry: FunctionEntry) {
    self.init(
      name: entry.name, target: entry.target.description, concurrency: entry.concurrency,
      timeoutMilliseconds: entry.timeout?.wholeMilliseconds)
  }
}
