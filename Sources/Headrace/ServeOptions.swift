import ArgumentParser
import HTTPServer
import Logging
import Mappings
import SQLite

/// Where the database is.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File of the database, or :memory:. [HEADRACE_DATABASE] (default: ./headrace.db)", valueName: "path"))
  var database: String?

  func path(_ environment: Environment) throws -> String {
    try environment.setting(database, "database", default: "./headrace.db")
  }
}

/// The flags of `headrace serve`. Each has an environment variable, named in brackets; flags win over variables.
struct ServeOptions: ParsableArguments {
  @Option(help: "Name or address to listen on; :: takes IPv4 too. [HEADRACE_HOST] (default: 127.0.0.1)")
  var host: String?
  @Option(help: "TCP port; 0 takes a free one. [HEADRACE_PORT] (default: 9400)")
  var port: String?
  @Option(help: ArgumentHelp("Also listen on a Unix socket. [HEADRACE_UNIX_SOCKET]", valueName: "path"))
  var unixSocket: String?
  @OptionGroup var database: DatabaseOptions
  @Option(
    help: "Account of requests whose access key id is not twelve digits. [HEADRACE_ACCOUNT] (default: 000000000000)")
  var account: String?
  @Option(
    help:
      "Region of requests that are not signed. [HEADRACE_REGION, AWS_REGION, AWS_DEFAULT_REGION] (default: us-east-1)")
  var region: String?
  @Option(
    help: ArgumentHelp(
      "How long Creating, Updating and the like last; AWS takes seconds. [HEADRACE_TRANSITION_DELAY] (default: 0)",
      valueName: "duration"))
  var transitionDelay: String?
  @OptionGroup var functions: FunctionOptions
  @Option(
    help: ArgumentHelp(
      "Between two reads of a stream's shard that gave all there was; 1ms to 60s. [HEADRACE_STREAM_POLL_INTERVAL] "
        + "(default: 250ms)", valueName: "duration"))
  var streamPollInterval: String?
  @Option(
    help: ArgumentHelp(
      "Deliveries that the journal keeps of each mapping; 0 keeps none. [HEADRACE_JOURNAL_DELIVERIES] (default: 1000)",
      valueName: "count"))
  var journalDeliveries: String?
  @Option(
    help: ArgumentHelp(
      "How much of an event or answer the journal keeps. [HEADRACE_JOURNAL_PAYLOAD_BYTES] (default: 16384)",
      valueName: "bytes"))
  var journalPayloadBytes: String?
  @Option(help: "trace, debug, info, notice, warning, error or critical. [HEADRACE_LOG_LEVEL] (default: info)")
  var logLevel: String?
  @Option(help: "text or json, to standard error. [HEADRACE_LOG_FORMAT] (default: text)")
  var logFormat: String?
  @OptionGroup(title: "Topics and buckets") var push: PushOptions
  @OptionGroup(title: "Asynchronous invocation") var asynchronous: AsynchronousOptions
  @Flag(
    help: """
      Refuse what Lambda itself has not: buckets and topics as event sources. [HEADRACE_STRICT_AWS=true] (default: off)
      """)
  var strictAWS = false
  @Option(
    help: ArgumentHelp("Threads that serve. [HEADRACE_EVENT_LOOPS] (default: one for each core)", valueName: "count"))
  var eventLoops: String?
  @Option(
    help: ArgumentHelp("Longest request target. [HEADRACE_MAXIMUM_TARGET_BYTES] (default: 8192)", valueName: "bytes"))
  var maximumTargetBytes: String?
  @Option(
    help: ArgumentHelp("Longest header block. [HEADRACE_MAXIMUM_HEADER_BYTES] (default: 16384)", valueName: "bytes"))
  var maximumHeaderBytes: String?
  @Option(
    help: ArgumentHelp(
      "Longest body. [HEADRACE_MAXIMUM_BODY_BYTES] (default: 8388608; 70167211 with a Lambda endpoint)",
      valueName: "bytes"))
  var maximumBodyBytes: String?
  @Option(
    help: ArgumentHelp(
      "Most connections; more wait. [HEADRACE_MAXIMUM_CONNECTIONS] (default: 8192)", valueName: "count"))
  var maximumConnections: String?
  @Option(
    help: ArgumentHelp("Time for a request's header. [HEADRACE_HEADER_TIMEOUT] (default: 10s)", valueName: "duration"))
  var headerTimeout: String?
  @Option(
    help: ArgumentHelp("Time for a request's body. [HEADRACE_BODY_TIMEOUT] (default: 30s)", valueName: "duration"))
  var bodyTimeout: String?
  @Option(
    help: ArgumentHelp(
      "Time between requests, and for a peer to read its answer. [HEADRACE_IDLE_TIMEOUT] (default: 60s)",
      valueName: "duration"))
  var idleTimeout: String?
  @Option(
    help: ArgumentHelp(
      "Time for what is in flight when stopping. [HEADRACE_SHUTDOWN_TIMEOUT] (default: 10s)", valueName: "duration"))
  var shutdownTimeout: String?
}
