// swift-tools-version: 6.1
import PackageDescription

/// Compiler settings are part of the architecture: they hold for every target of ours.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, swiftSettings: strict)
}

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
  name: "headrace",
  products: [
    .executable(name: "headrace", targets: ["Headrace"]),
    .library(name: "HeadraceClient", targets: ["HeadraceClient", "LambdaWire"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
  ],
  targets: [
    // Floor 1: what knows nothing of the others.
    .target(name: "CLinux"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "Migrations", path: "migrations",
      resources: [
        .embedInCode("0001_create_mappings.sql"), .embedInCode("0002_create_deliveries_and_functions.sql"),
        .embedInCode("0003_create_checkpoints.sql"), .embedInCode("0004_create_asynchronous_events.sql"),
        .embedInCode("0005_create_source_installations.sql"), .embedInCode("0006_create_event_invoke_configs.sql"),
        .embedInCode("0007_create_stacks.sql"),
      ], swiftSettings: strict),
    room("JSON"),
    room("EventPatterns", ["JSON"]),
    room("LambdaWire", ["JSON"]),
    room("AWSClient", ["JSON", crypto, cryptoExtras, asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL]),

    // Floor 2: technology on one side, the domain on the other.
    room("HTTPServer", ["CLinux", httpTypes]),
    room("SQLite", ["CSQLite", crypto]),
    room("Mappings", ["EventPatterns", "LambdaWire"]),
    room("Templates", ["JSON", "LambdaWire", "AWSClient", crypto, yams]),
    room("HeadraceClient", ["JSON", "LambdaWire", "AWSClient"]),

    // Floor 3
    room("MappingStore", ["Mappings", "Templates", "JSON", "LambdaWire", "SQLite", "Migrations"]),
    room("Functions", ["Mappings", "JSON", "AWSClient", heaps, logging]),
    room("Delivery", ["Mappings", "EventPatterns", "LambdaWire", "JSON", deques, logging]),

    // Floor 4
    room("EventSources", ["Mappings", "EventPatterns", "LambdaWire", "JSON", "AWSClient", "Delivery", logging]),
    .target(
      name: "API",
      dependencies: [
        "HTTPServer", "LambdaWire", "Mappings", "Templates", "Functions", "AWSClient", "JSON", httpTypes, logging,
      ],
      resources: [.embedInCode("Resources/openapi.yaml")], swiftSettings: strict),

    // Floor 5: configuration, wiring, signals.
    .executableTarget(
      name: "Headrace",
      dependencies: [
        "API", "AWSClient", "Delivery", "EventSources", "Functions", "HTTPServer", "JSON", "LambdaWire", "MappingStore",
        "Mappings", "SQLite", "Migrations", "Templates", argumentParser, asyncHTTPClient, logging, nioCore, nioHTTP1,
        serviceLifecycle, unixSignals,
      ],
      swiftSettings: strict),

    // No part of the program: what `make bench` compares deliveries with.
    .executableTarget(
      name: "ClientLoop", dependencies: [asyncHTTPClient, nioCore, nioHTTP1, nioPosix], path: "Benchmarks/ClientLoop",
      swiftSettings: strict),

    // The examples of the client's documentation, which the end-to-end tests run.
    .executableTarget(
      name: "HeadraceClientExamples", dependencies: ["HeadraceClient", "LambdaWire"],
      path: "Tests/HeadraceClientExamples", swiftSettings: strict),

    // What the tests of several rooms need.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests(of: "JSON"),
    tests(of: "EventPatterns", ["JSON"]),
    tests(of: "HTTPServer", [httpTypes]),
    tests(of: "AWSClient", [asyncHTTPClient, nioCore, nioHTTP1, nioPosix]),
    tests(of: "Functions", ["AWSClient", "JSON", "Mappings", logging]),
    tests(of: "Delivery", ["EventPatterns", "JSON", "LambdaWire", "Mappings", logging]),
    tests(of: "SQLite"),
    tests(of: "LambdaWire"),
    tests(of: "Mappings", ["LambdaWire"]),
    tests(of: "Templates", ["AWSClient", "JSON", "LambdaWire", nioCore, nioHTTP1]),
    tests(of: "HeadraceClient", ["AWSClient", "HTTPServer", "JSON", "LambdaWire", httpTypes]),
    tests(of: "MappingStore", ["LambdaWire", "Mappings", "SQLite", "Migrations", "Templates"]),
    tests(
      of: "EventSources",
      ["AWSClient", "Delivery", "JSON", "LambdaWire", "Mappings", logging, nioCore, nioHTTP1]),
    tests(
      of: "API",
      [
        "AWSClient", "EventSources", "Functions", "HTTPServer", "LambdaWire", "MappingStore", "Mappings", "SQLite",
        "Templates", httpTypes, logging,
      ]),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
  ]
)
