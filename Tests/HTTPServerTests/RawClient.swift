import Glibc

/// A client that is nothing but a socket.
struct RawClient {
  let descriptor: Int32

  init(port: Int) throws {
    struct CannotConnect: Error { var code: Int32 }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
  }

  func ask(_ path: String) {
    let text = "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n"
    _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  func sayNothingMore() { shutdown(descriptor, Int32(SHUT_WR)) }

  func hangUp() { close(descriptor) }

  /// What comes up to the end of a head.
  func head() async -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard let byte = await byte(within: .seconds(10)), let byte else { break }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the server closes the connection in time.
  func isClosed(within limit: Duration) async -> Bool {
    guard let byte = await byte(within: limit) else { return false }
    return byte == nil
  }

  /// The next byte, or nil at the end of the connection; nil itself where neither comes in time.
  private func byte(within limit: Duration) async -> UInt8?? {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      var byte: UInt8 = 0
      let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
      if count >= 0 { return .some(count == 0 ? nil : byte) }
      try? await Task.sleep(for: .milliseconds(1))
    }
    return nil
  }
}
