// What stands for one subscriber in the rate limits.

import Testing

@testable import Reactor

@Suite struct SubscriberTests {
    private func mark(_ literal: String) throws -> UInt64 {
        try #require(SocketAddress(literal: literal, port: 1)).hash
    }

    @Test func anAddressOfFourIsTheSameInEitherForm() throws {
        #expect(try mark("203.0.113.7") == mark("::ffff:203.0.113.7"))
        #expect(try mark("203.0.113.7") != mark("203.0.113.8"))
        #expect(try mark("::ffff:203.0.113.7") != mark("::ffff:203.0.113.8"))
    }

    @Test func theLowerHalfOfAnAddressOfSixDoesNotCount() throws {
        #expect(try mark("2001:db8:1:2::1") == mark("2001:db8:1:2:ffff::9"))
        #expect(try mark("2001:db8:1:2::1") != mark("2001:db8:1:3::1"))
    }
}
