import ArgumentParser
import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1

/// A Headrace that runs somewhere, as the sub-commands that ask it something see it.
struct RunningHeadrace: Sendable {
  /// What it answers at most: the largest plan.
  private static let maximumAnswerBytes = 256 << 20

  let url: String
  private let client: HTTPClient

  /// Asks a Headrace.
  static func at<Result>(
    _ url: String, _ body: (RunningHeadrace) async throws -> Result
  ) async throws -> Result {
    var configuration = HTTPClient.Configuration()
    // Nobody there is known at once, not when the time is up.
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(RunningHeadrace(url: url, client: client))) } catch {
      result = .failure(error)
    }
    try await client.shutdown()
    return try result.get()
  }

  /// Sends a request and gives its answer.
  /// - Parameter region: that of the request; nil for Headrace's own.
  func send(
    _ method: HTTPMethod, _ target: String, body: [UInt8] = [], region: String? = nil, timeout: TimeAmount
  ) async throws -> JSONValue {
    var request = HTTPClientRequest(url: url + target)
    request.method = method
    if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
    if let region {
      // Headrace takes the region from the scope of the credential, as it does of the SDKs' requests.
      request.headers.add(
        name: "authorization",
        value:
          "AWS4-HMAC-SHA256 Credential=headrace/20000101/\(region)/lambda/aws4_request, SignedHeaders=host, Signature=0"
      )
    }
    let (status, bytes) = try await exchange(request, timeout)
    let document = try? JSONValue(parsing: bytes)
    guard (200..<300).contains(status.code) else {
      let text: String
      switch document?["message"] ?? document?["Message"] {
      case .string(let message)?: text = message
      default: text = "\(status.code) \(String(decoding: bytes.prefix(500), as: UTF8.self))"
      }
      throw Refusal(status: Int(status.code), description: "\(url): \(text)")
    }
    guard let document else { throw ValidationError("\(url) does not answer as Headrace does") }
    return document
  }

  private func exchange(
    _ request: HTTPClientRequest, _ timeout: TimeAmount
  ) async throws -> (HTTPResponseStatus, [UInt8]) {
    do {
      let response = try await client.execute(request, timeout: timeout)
      return (response.status, Array(buffer: try await response.body.collect(upTo: Self.maximumAnswerBytes)))
    } catch {
      throw NoAnswer(url: url, reason: "\(error)")
    }
  }
}

/// Headrace answered with an error.
struct Refusal: Error, CustomStringConvertible {
  let status: Int
  let description: String
}

/// Nobody is there.
struct NoAnswer: Error, CustomStringConvertible {
  let url: String
  let reason: String

  var description: String { "\(url): no answer (\(reason)). Is `headrace serve` running there?" }
}
