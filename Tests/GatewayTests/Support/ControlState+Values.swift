import Store

@testable import Gateway

extension ControlState {
    /// Rows as values, for tests that look at few of them.
    func record(_ rows: [RequestRow], now: Timestamp) throws(StoreFault) { try record(RequestRows(rows), now: now) }
}
