import CLinux
import Glibc

/// The system calls on sockets, with their C shapes kept in one place.
enum Socket {
  /// A listening, non-blocking socket.
  struct Listener {
    var descriptor: Int32
    var address: ListeningAddress
  }

  /// Opens one listener for each of `count` event loops on every address that the host names.
  ///
  /// The sockets of one address share its port (`SO_REUSEPORT`), which would let a second server of the same user
  /// join in silently; so the port is first taken without sharing, and a taken port is an error.
  static func listen(
    host: String, port: Int, count: Int, backlog: Int32
  ) throws(HTTPServerError) -> [Listener] {
    var port = port
    var listeners: [Listener] = []
    do throws(HTTPServerError) {
      for address in try resolve(host: host, port: port) {
        let probe = try open(address, port: port, shared: false, backlog: backlog)
        port = boundPort(of: probe)
        close(probe)
        for _ in 0..<count {
          let descriptor = try open(address, port: port, shared: true, backlog: backlog)
          listeners.append(Listener(descriptor: descriptor, address: .tcp(host: host, port: port)))
        }
      }
    } catch {
      for listener in listeners { close(listener.descriptor) }
      throw error
    }
    return listeners
  }

  /// A resolved address, with room for every family.
  private struct Address {
    var storage: sockaddr_storage
    var length: socklen_t
    var text: String
  }

  private static func resolve(host: String, port: Int) throws(HTTPServerError) -> [Address] {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else { throw .unknownHost(host, reason: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var addresses: [Address] = []
    var next = list
    while let info = next?.pointee {
      if let address = info.ai_addr {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { target in
          target.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
        }
        let text = ListeningAddress.tcp(host: host, port: port).description
        addresses.append(Address(storage: storage, length: info.ai_addrlen, text: text))
      }
      next = info.ai_next
    }
    return addresses
  }

  private static func open(
    _ address: Address, port: Int, shared: Bool, backlog: Int32
  ) throws(HTTPServerError) -> Int32 {
    var address = address
    let family = Int32(address.storage.ss_family)
    let descriptor = try create(family: family)
    setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    if shared { setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
    if family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
    let bigEndianPort = in_port_t(truncatingIfNeeded: port).bigEndian
    let bound = withUnsafeMutablePointer(to: &address.storage) { pointer in
      // The port stands at the same place in both families' addresses.
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port = bigEndianPort }
      return pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, address.length) }
    }
    guard bound == 0, Glibc.listen(descriptor, backlog) == 0 else {
      throw failure(closing: descriptor, address: address.text)
    }
    return descriptor
  }

  /// Opens a Unix socket. A socket file that a dead server left behind is replaced.
  static func listen(unixPath path: String, backlog: Int32) throws(HTTPServerError) -> Listener {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .pathTooLong(path) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    func withAddress(_ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ descriptor: Int32) -> Int32 {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    }
    let probe = try create(family: AF_UNIX)
    if withAddress(connect, probe) == 0 || errno == EAGAIN {
      close(probe)
      throw .addressInUse("unix:\(path)")
    }
    if errno == ECONNREFUSED { unlink(path) }
    close(probe)

    let descriptor = try create(family: AF_UNIX)
    guard withAddress(bind, descriptor) == 0, Glibc.listen(descriptor, backlog) == 0 else {
      throw failure(closing: descriptor, address: "unix:\(path)")
    }
    return Listener(descriptor: descriptor, address: .unix(path: path))
  }

  private static func create(family: Int32) throws(HTTPServerError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    return descriptor
  }

  private static func failure(closing descriptor: Int32, address: String) -> HTTPServerError {
    let code = errno
    close(descriptor)
    switch code {
    case EADDRINUSE: return .addressInUse(address)
    case EADDRNOTAVAIL: return .addressNotAvailable(address)
    case EACCES, EPERM: return .permissionDenied(address)
    default: return .system(call: "bind \(address)", code: code)
    }
  }

  private static func boundPort(of descriptor: Int32) -> Int {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout.size(ofValue: storage))
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return status == 0 ? Int(in_port_t(bigEndian: storage.sin6_port)) : 0
  }

  /// Small answers leave at once: no waiting for more to send (Nagle's algorithm).
  static func sendAtOnce(_ descriptor: Int32) {
    setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout.size(ofValue: value)))
  }

  /// Lets this process have as many descriptors as the system grants it.
  /// - Returns: how many that are.
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      setrlimit(resource, &limit)
      getrlimit(resource, &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }
}
