// The addresses of a provider as an operator writes them, joined by commas.

package import Adapters

/// One address, or several servers with the same models.
package struct BaseURLs: Sendable, Equatable {
    /// At least one.
    package let all: [BaseURL]

    package init(_ text: String) throws(BaseURL.Fault) {
        var all: [BaseURL] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let address = try BaseURL(String(part))
            if all.contains(address) { throw BaseURL.Fault(description: "has an address twice") }
            all.append(address)
        }
        guard all.count <= ControlLimits.addressesMax else {
            throw BaseURL.Fault(description: "has more than \(ControlLimits.addressesMax) addresses")
        }
        self.all = all
    }

    /// Why a provider of this dialect cannot have them; `nil`: it can.
    package func objection(of dialect: Provider) -> String? {
        if all.count > 1, dialect != .vllm { return "has several addresses, which only vllm takes" }
        if dialect != .compatible(.azure), all.contains(where: { !$0.apiVersion.isEmpty }) {
            return "has an api-version, which only azure takes"
        }
        return nil
    }

    /// All of them in one spelling.
    package var text: String { all.map(\.text).joined(separator: ",") }
}
