// The faults of the simulated provider, by what must come of them.

import Sim
import Testing

@testable import Gateway

/// A fault as `x-sim-fault` spells it.
struct Fault: CustomTestStringConvertible, Sendable {
    let text: String
    /// It takes a timeout to be noticed: for simulated clocks.
    var isSlow: Bool { text.hasPrefix("stall") }
    /// The status of a client whose only provider has it.
    let status: Int

    init(_ text: String, _ status: Int = 502) { (self.text, self.status) = (text, status) }

    var testDescription: String { text }

    var fault: SimFault {
        let bytes = Array(text.utf8)
        guard let fault = SimFault(parsing: bytes.span) else { preconditionFailure("no fault \(text)") }
        return fault
    }

    /// Whatever is asked, nothing of an answer reaches the client: another provider may answer.
    static let everywhere = [
        Fault("500"), Fault("502"), Fault("503"), Fault("529", 429), Fault("408"), Fault("429", 429),
        Fault("429:7", 429), Fault("401"), Fault("403"), Fault("402"), Fault("405"), Fault("insufficient_quota"),
        Fault("stall", 504), Fault("stall-head", 504), Fault("reset"), Fault("close"), Fault("empty"),
        Fault("empty-object"), Fault("error-object"), Fault("html"), Fault("redirect"), Fault("garbage"),
    ]
    /// In the middle of a body that is one piece.
    static let whole =
        everywhere + [
            Fault("stall:3", 504), Fault("reset:3"), Fault("close:3"), Fault("cut:3"), Fault("bad-chunk:3"),
            Fault("malformed:3"), Fault("error-event:3"), Fault("wrong-length:9"), Fault("wrong-length:-9"),
        ]
    /// In a stream that has brought no content.
    static let beforeContent =
        everywhere + [
            Fault("cut:0"), Fault("error-event:0"), Fault("malformed:0"), Fault("bad-chunk:0"),
        ]
    /// In a stream whose content has begun.
    static let afterContent = [
        "stall:3", "reset:3", "close:3", "cut:3", "error-event:3", "malformed:3", "bad-chunk:3", "cut:1", "malformed:1",
    ].map { Fault($0) }
    /// The caller's fault: the provider's own answer is his.
    static let callers = ["400", "404", "413", "422", "context_length_exceeded"].map { Fault($0) }

    /// Kernels that such a fault is tried on.
    var kernels: [Kernel] { isSlow ? Kernel.simulated : Kernel.present }

    static func cases(_ faults: [Fault]) -> [(Fault, Kernel)] {
        faults.flatMap { fault in fault.kernels.map { (fault, $0) } }
    }
}
