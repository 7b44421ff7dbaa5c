// What a core tells the control thread.

package import Store

/// From a core to the control thread.
package enum ControlMessage: Sendable {
    case records(RecordBatch)
    case rewards(RewardBatch)
    /// What a core's bandit has learnt since its last delta, in the order of `snapshot.models`.
    case arms(core: Int, snapshot: Snapshot, number: UInt64, ArmTable)
    /// Whole lines of access log.
    case log([UInt8])
    case admin(AdminCall)
    /// A client that was let listen to events does not any more.
    case eventsLeft(core: Int)
    /// What a core knows of its providers' health, in the order of `snapshot.providers`.
    case health(core: Int, snapshot: Snapshot, [ProviderHealth], LoopFigures)
    /// Whether a key of the original stands behind this plaintext, whose digest nobody knows yet.
    case legacyKey(core: Int, digest: [UInt8], Secret)
    /// A provider says that its account cannot pay for this model.
    case budgetExceeded(model: String)
    /// Read the credentials file anew.
    case reload
    /// A core has ended its drain.
    case drained(core: Int)
}
