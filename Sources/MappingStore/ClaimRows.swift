import Mappings
import SQLite

/// The rows of `mapping_claims`: what makes one mapping of a source and a function, whoever races.
extension Connection {
  /// The mapping, other than `except`, that has one of the claims.
  func owner(
    of claims: [String], function: FunctionARN, in scope: Scope, except sequence: Int64?
  ) throws(SQLiteError) -> MappingID? {
    for claim in claims {
      let owner = try first(
        """
        SELECT mappings.id
        FROM   mapping_claims JOIN mappings ON mappings.sequence = mapping_claims.mapping
        WHERE  mapping_claims.account = ? AND mapping_claims.region = ? AND mapping_claims.function_arn = ?
               AND mapping_claims.claim = ? AND mapping_claims.mapping IS NOT ?
        """,
        [
          .text(scope.account), .text(scope.region), .text(function.description), .text(claim), .optional(sequence),
        ]
      ) { MappingID(stored: $0.text(0)) }
      if let owner { return owner }
    }
    return nil
  }

  func insert(claims: [String], of sequence: Int64, _ mapping: EventSourceMapping) throws(SQLiteError) {
    for claim in claims {
      try run(
        "INSERT INTO mapping_claims (account, region, function_arn, claim, mapping) VALUES (?, ?, ?, ?, ?)",
        [
          .text(mapping.scope.account), .text(mapping.scope.region), .text(mapping.function.description),
          .text(claim), .integer(sequence),
        ])
    }
  }

  func deleteClaims(of sequence: Int64) throws(SQLiteError) {
    try run("DELETE FROM mapping_claims WHERE mapping = ?", [.integer(sequence)])
  }

  /// Asks the rule of every other mapping of a mapping's source.
  func check(_ rule: NeighbourRule?, of mapping: EventSourceMapping) throws {
    guard let rule, let source = mapping.sourceARN else { return }
    let filter = MappingFilter(sourceARN: source)
    let stored = try mappings(in: mapping.scope, where: filter, after: 0, limit: .max)
    for neighbour in stored where neighbour.mapping.id != mapping.id { try rule(neighbour.mapping) }
  }
}
