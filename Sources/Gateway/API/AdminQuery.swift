// The parameters of a listing.

import Store

struct AdminQuery {
    private var values: [String: String] = [:]

    init(_ query: String) throws(AdminFault) {
        for parameter in query.split(separator: "&") {
            let equals = parameter.firstIndex(of: "=") ?? parameter.endIndex
            guard let name = PercentCoding.decode(parameter[..<equals], plusIsBlank: true),
                let value = PercentCoding.decode(parameter[equals...].dropFirst(), plusIsBlank: true)
            else { throw .badRequest("the query has a broken escape") }
            values[name] = value
        }
    }

    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Above the maximum counts the maximum, as in the original.
    func limit(standard: Int) throws(AdminFault) -> Int {
        guard let text = self["limit"] else { return standard }
        guard let limit = Int(text), limit > 0 else { throw .badRequest("limit must be a whole number above 0") }
        return min(limit, Store.Limits.listRowsMax)
    }

    func offset() throws(AdminFault) -> Int {
        guard let text = self["offset"] else { return 0 }
        guard let offset = Int(text), offset >= 0 else {
            throw .badRequest("offset must be a whole number, 0 or above")
        }
        return offset
    }
}
