// What is going to happen in a simulation, in the order of its clock.

/// A binary heap; what is due at the same time comes in the order it was put in.
struct SimulatedAgenda {
    enum Happening {
        case bytes(Block, to: SimulatedEnd)
        case end(to: SimulatedEnd)
        case fault(Int32, at: SimulatedEnd)
        /// Room was made at the other side: this end may send again.
        case room(at: SimulatedEnd)
        /// The first packet of a connection reaches its destination.
        case call(from: SimulatedEnd)
        /// The answer to it comes back.
        case connected(SimulatedEnd)
        case act(() -> Void)
    }

    private struct Entry {
        let time: UInt64
        let number: UInt64
        let happening: Happening

        func isBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
    }

    private var heap: [Entry] = []
    private var nextNumber: UInt64 = 0

    var nextTime: UInt64? { heap.first?.time }
    var isEmpty: Bool { heap.isEmpty }

    mutating func add(_ happening: Happening, at time: UInt64) {
        heap.append(Entry(time: time, number: nextNumber, happening: happening))
        nextNumber += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out what is due next.
    mutating func take() -> Happening {
        heap.swapAt(0, heap.count - 1)
        let first = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            if least == parent { return first.happening }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
