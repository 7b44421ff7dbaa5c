final class Stats {
    func take(_ batch: RecordBatch) {}
}
