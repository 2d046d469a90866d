/// What a write survives once it is answered.
public enum Durability: Sendable {
  /// The sudden end of the machine.
  case disk
  /// The sudden end of the process: the system has it, and brings it to the disk in its own time, or with the next write
  /// that asks for the disk. Costs a tenth.
  case process
}
