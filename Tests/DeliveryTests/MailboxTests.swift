import Testing

@testable import Delivery

@Suite struct MailboxTests {
  @Test func keepsTheOrderOfWhatWasSaidBefore() async {
    let mailbox = Mailbox<Int>()
    for number in 0..<100 { mailbox.send(number) }
    for number in 0..<100 { #expect(await mailbox.next() == number) }
  }

  @Test func wakesWhoWaits() async {
    let mailbox = Mailbox<Int>()
    async let heard = mailbox.next()
    mailbox.send(1)
    #expect(await heard == 1)
  }

  @Test func nothingIsLostBetweenManySendersAndOneLoop() async {
    let mailbox = Mailbox<Int>()
    await withTaskGroup { group in
      for sender in 0..<8 {
        group.addTask { for number in 0..<500 { mailbox.send(sender * 1000 + number) } }
      }
      var last = [Int](repeating: -1, count: 8)
      for _ in 0..<4000 {
        guard let number = await mailbox.next() else {
          Issue.record("closed")
          return
        }
        // Each sender is heard in its order.
        #expect(last[number / 1000] < number % 1000)
        last[number / 1000] = number % 1000
      }
    }
  }

  @Test func closedMailboxGivesWhatWasSaidBeforeAndThenNothing() async {
    let mailbox = Mailbox<Int>()
    mailbox.send(1)
    mailbox.close()
    mailbox.send(2)
    #expect(await mailbox.next() == 1)
    #expect(await mailbox.next() == nil)
    #expect(await mailbox.next() == nil)
  }

  @Test func closingWakesWhoWaits() async {
    let mailbox = Mailbox<Int>()
    async let heard = mailbox.next()
    mailbox.close()
    #expect(await heard == nil)
  }

  @Test func cancellationEndsTheWaitAndLosesNothing() async {
    let mailbox = Mailbox<Int>()
    let waiting = Task { await mailbox.next() }
    waiting.cancel()
    #expect(await waiting.value == nil)
    mailbox.send(1)
    #expect(await mailbox.next() == 1)
  }
}
