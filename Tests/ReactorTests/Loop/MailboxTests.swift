@testable import Reactor
import Testing

struct MailboxTests {
    private func numbers(_ messages: [Mailbox.Message]) -> [Int] {
        messages.compactMap { if case .delivery(let content) = $0 { content as? Int } else { nil } }
    }

    @Test func mailComesInTheOrderItWasPosted() throws {
        let mailbox = try Mailbox()
        #expect(!mailbox.hasMail)
        for number in 0..<100 { #expect(mailbox.post(.delivery(number))) }
        #expect(mailbox.hasMail)
        #expect(numbers(mailbox.takeAll()) == Array(0..<100))
        #expect(!mailbox.hasMail)
        #expect(mailbox.takeAll().isEmpty)
    }

    @Test func aFullBoxSaysNo() throws {
        let mailbox = try Mailbox()
        for number in 0..<Limits.mailboxMessagesMax { mailbox.post(.delivery(number)) }
        #expect(!mailbox.post(.delivery(-1)))
        #expect(mailbox.takeAll().count == Limits.mailboxMessagesMax)
        #expect(mailbox.post(.delivery(0)))
    }

    /// Posts from several threads all wake a waiting driver, and none is lost.
    @Test(arguments: Kernel.present.filter { !$0.isSimulated }) func noMailIsLostBetweenThreads(kernel: Kernel) throws {
        let mailbox = try Mailbox()
        let driver = try Driver.make(kernel == .uring ? .uring : .epoll)
        try driver.watch(mailbox)
        let threads = try (0..<3).map { thread in
            try Thread(name: "poster") { for number in 0..<2_000 { mailbox.post(.delivery(thread * 2_000 + number)) } }
        }
        var received: Set<Int> = []
        while received.count < 6_000 {
            let count = try driver.wait(until: driver.now + 5_000_000_000)
            // Five seconds without mail that was posted: a wake-up was lost.
            try #require(count > 0)
            #expect(driver.event(0).token == .wake)
            mailbox.hush()
            received.formUnion(numbers(mailbox.takeAll()))
        }
        for thread in threads { thread.join() }
        #expect(received == Set(0..<6_000))
    }
}
