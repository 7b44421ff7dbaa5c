final class Metrics {
    init(version: String) {}
    func take(_ batch: RecordBatch) {}
    func countDropped(_ n: Int) {}
    func text(health: [ProviderHealth], snapshot: Snapshot, figures: [LoopFigures], droppedRows: Int) -> [UInt8] { [] }
}
