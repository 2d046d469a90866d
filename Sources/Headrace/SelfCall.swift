import ArgumentParser
import AWSClient
import Functions
import HTTPServer
import Mappings

/// Finds configuration that would make Headrace call itself: its own variables are easily its clients' too.
struct SelfCall {
  let addresses: [ListeningAddress]

  /// Whether an address is one on which Headrace listens. Names of other interfaces of this machine are not resolved.
  func isHeadraceItself(_ address: HTTPAddress) -> Bool {
    addresses.contains { listening in
      guard case .tcp(let host, let port) = listening, port == address.port else { return false }
      return host.lowercased() == address.host || Self.loopback.contains(address.host)
    }
  }

  private static let loopback: Set<String> = ["localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "::", "[::]"]

  /// - Throws: a `ValidationError` that names what points here.
  func refuse(_ configuration: Configuration) throws {
    for service in AWSService.allCases where configuration.aws.hasOverride(for: service) {
      let url = configuration.aws.endpoint(for: service, region: configuration.scope.region).url
      guard let address = HTTPAddress(url: url), isHeadraceItself(address) else { continue }
      throw ValidationError(
        """
        the endpoint of \(service.rawValue), \(url), is Headrace itself: AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_… name \
        where Headrace finds the sources and functions
        """)
    }
    for entry in configuration.functions {
      guard case .http(let url) = entry.target, let address = HTTPAddress(url: url), isHeadraceItself(address) else {
        continue
      }
      throw ValidationError("--function \(entry.name)=\(url): that is Headrace itself")
    }
  }
}
