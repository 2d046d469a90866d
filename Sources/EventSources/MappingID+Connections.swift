import Mappings

extension MappingID {
  /// Which pool of connections a mapping's calls use: mappings are spread over them, so that no pool grows long.
  var connectionShard: Int { hashValue & 0x1F }
}
