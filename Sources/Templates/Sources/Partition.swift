/// A partition of AWS, by the start of its regions' names
/// (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
struct Partition {
  /// The second part of an ARN.
  let name: String
  /// What the names of its hosts end with.
  let dnsSuffix: String

  /// The partition that a region is in.
  init(ofRegion region: String) {
    let known = Self.known.first { region.hasPrefix($0.regionPrefix) }
    name = known?.name ?? "aws"
    dnsSuffix = known?.dnsSuffix ?? "amazonaws.com"
  }

  private static let known: [(regionPrefix: String, name: String, dnsSuffix: String)] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
  ]
}
