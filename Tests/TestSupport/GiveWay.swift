/// Lets the other tests have the thread now and then: a long computation that does not would keep them waiting until
/// what they wait for is over.
public func giveWay(inRound round: Int, every rounds: Int = 20) async {
  if round % rounds == 0 { await Task.yield() }
}
