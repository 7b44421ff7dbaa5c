// A client of the soak: what it asks for, how it behaves, and what it may have got.

import Sim

@testable import Reactor

final class Guest {
    enum Mood: CaseIterable { case patient, pipelining, leaving, aborting, dawdling }

    struct Wish {
        let ask: Ask
        let id: String
        /// It is refused before an exchange is opened for it.
        var isRefused = false
    }

    let client: Client
    let mood: Mood
    let wishes: [Wish]
    /// Wishes sent so far.
    private(set) var sentCount = 0

    init(_ client: Client, _ mood: Mood, _ wishes: [Wish]) {
        (self.client, self.mood, self.wishes) = (client, mood, wishes)
    }

    /// Nothing more will come of it.
    var isDone: Bool { client.isClosed || client.isOver || client.replies.count == wishes.count }

    /// Sends the next wish when the one before was answered; a client in a hurry does not wait.
    func goOn() {
        while !client.isClosed, !client.isOver, sentCount < wishes.count,
            mood == .pipelining || client.replies.count == sentCount
        {
            client.send(wishes[sentCount].ask)
            sentCount += 1
        }
    }

    /// Leaves, falls silent or reads on, as its mood has it.
    func act(_ network: SimulatedNetwork, _ random: inout SimulatedRandom) {
        switch mood {
        case .patient, .pipelining: break
        case .leaving, .aborting:
            let isAbort = mood == .aborting
            network.after(UInt64.random(in: 0...900_000_000, using: &random)) { [client] in
                client.close(abort: isAbort)
            }
        case .dawdling:
            client.isReading = false
            network.after(UInt64.random(in: 100_000_000...1_500_000_000, using: &random)) { [client] in
                if !client.isClosed { client.isReading = true }
            }
        }
    }
}
