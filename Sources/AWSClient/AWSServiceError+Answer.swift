import JSON

extension AWSServiceError {
  /// Reads the error out of an answer.
  ///
  /// The code comes from the header `x-amzn-errortype` (restJson1), else from the JSON body's `__type` or `code`
  /// (awsJson1.0 and 1.1), else from an XML body's `<Code>` (query and restXml); see
  /// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization.
  init(_ answer: AWSAnswer) {
    status = answer.status
    queryCode = answer["x-amzn-query-error"].flatMap { text in
      text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }
    let body = BodyWords(answer.body)
    let named = answer["x-amzn-errortype"] ?? body.code
    code = named.map(Self.bareName).flatMap { $0.isEmpty ? nil : $0 } ?? "Unknown"
    message = body.message ?? ""
    requestID = answer["x-amzn-requestid"] ?? answer["x-amz-request-id"]
  }

  /// `com.amazonaws.sqs#QueueDoesNotExist:http://…` is `QueueDoesNotExist`.
  private static func bareName(_ text: String) -> String {
    let untilColon = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    return String(untilColon.split(separator: "#", omittingEmptySubsequences: false).last ?? "")
  }
}

/// The code and the words in the body of an error; nil where it has none.
private struct BodyWords {
  var code: String?
  var message: String?

  init(_ body: [UInt8]) {
    switch body.first(where: { $0 > 0x20 }) {
    case UInt8(ascii: "{"):
      guard let document = try? JSONValue(parsing: body) else { return }
      code = Self.text(of: document, ["__type", "code", "Code"])
      message = Self.text(of: document, ["message", "Message", "errorMessage"])
    case UInt8(ascii: "<"):
      let text = String(decoding: body, as: UTF8.self)
      code = Self.element("Code", of: text)
      message = Self.element("Message", of: text)
    default: break
    }
  }

  private static func text(of document: JSONValue, _ names: [String]) -> String? {
    for name in names {
      if case .string(let text) = document[name] { return text }
    }
    return nil
  }

  /// The text of the first element of that name. An error's XML has neither attributes nor comments there.
  private static func element(_ name: String, of text: String) -> String? {
    guard let start = text.firstRange(of: "<\(name)>"),
      let end = text[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return unescaped(text[start.upperBound..<end.lowerBound])
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    var result = String(text)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&"),
    ] {
      result.replace(entity, with: character)
    }
    return result
  }
}
