@testable import Store

extension RequestLogs {
    /// Rows as values, for tests that look at few of them.
    func append(_ rows: [RequestRow]) throws(StoreFault) { try append(RequestRows(rows)) }
}
