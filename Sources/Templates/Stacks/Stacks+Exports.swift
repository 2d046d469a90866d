/// What stacks give to each other.
extension Stacks {
  /// CloudFormation's rule: an export stays while another stack imports it.
  func refuseExportsInUse(of record: StackRecord, keeping kept: [String]) throws(StackError) {
    let going = Set(record.outputs.compactMap(\.exportName)).subtracting(kept)
    guard !going.isEmpty else { return }
    for other in try list(account: record.identity.account, region: record.identity.region)
    where other.identity != record.identity {
      guard let name = other.imports.first(where: going.contains) else { continue }
      throw .inUse("Export \(name) cannot be deleted as it is in use by \(other.identity.name)")
    }
  }

  /// CloudFormation's rule: a name is exported once in an account and region.
  func refuseTakenExports(_ record: StackRecord) throws(TemplateError) {
    let names = Set(record.outputs.compactMap(\.exportName))
    let others: [StackRecord]
    do throws(StackStoreError) {
      others = try store.stacks(account: record.identity.account, region: record.identity.region)
    } catch {
      throw .storeFailed(error)
    }
    for other in others where other.identity != record.identity {
      guard let name = other.outputs.compactMap(\.exportName).first(where: names.contains) else { continue }
      throw TemplateError("Export with name \(name) is already exported by stack \(other.identity.name)")
    }
  }
}
