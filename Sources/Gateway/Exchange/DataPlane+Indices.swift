// Where the models and providers of an exchange's snapshot stand in the present one.

extension DataPlane {
    /// Where a model of another snapshot stands in the present one.
    func modelIndex(_ model: Int, of older: Snapshot) -> Int? {
        if older === snapshot { return model }
        let id = older.models[model].idBytes
        return snapshot.model(id.span)
    }

    func healthIndex(_ provider: Int, of older: Snapshot) -> Int? {
        if older === snapshot { return provider }
        let id = older.providers[provider].id
        return snapshot.providers.firstIndex { $0.id == id }
    }
}
