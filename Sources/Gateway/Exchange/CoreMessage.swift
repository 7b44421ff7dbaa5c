// What the control thread tells a core.

/// From the control thread to a core.
package enum CoreMessage: Sendable {
    case snapshot(Snapshot)
    case answer(AdminAnswer)
    /// Events for the clients of the core that listen, each a whole event of an event stream.
    case events([[UInt8]])
    /// The key with this digest has been looked for, and is in the snapshot if it was found.
    case legacyKey(digest: [UInt8], wasChecked: Bool)
    /// The cores' health put together, in the order of the providers of the snapshot of that version.
    case health(version: Int, [ProviderHealth])
    /// What all cores together know of the models of that version's snapshot.
    /// - folded: number of this core's last delta in it.
    case arms(version: Int, ArmTable, folded: UInt64)
}
