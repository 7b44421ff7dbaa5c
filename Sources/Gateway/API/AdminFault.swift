// Why an admin request is not done, as status and message.

import Store

struct AdminFault: Error, Equatable {
    let status: Int
    let message: String
    var headers: [AdminResponse.Header] = []

    static func badRequest(_ message: String) -> AdminFault { AdminFault(status: 400, message: message) }
    static func notFound(_ message: String) -> AdminFault { AdminFault(status: 404, message: message) }

    /// A method that the path does not have. RFC 9110 section 15.5.6 wants the others named.
    static func method(allow: String) -> AdminFault {
        AdminFault(
            status: 405, message: "method not allowed", headers: [AdminResponse.Header(name: "Allow", value: allow)])
    }
}

extension AdminFault {
    init(_ fault: StoreFault) {
        switch fault {
        case .foreignKey: self = .badRequest("refers to something that does not exist")
        case .duplicate: self = AdminFault(status: 409, message: "exists already")
        case .refused: self = .badRequest("refused by the database: \(fault)")
        case .busy:
            self = AdminFault(
                status: 503, message: "\(fault)", headers: [AdminResponse.Header(name: "Retry-After", value: "1")])
        case .unwritable, .corrupt, .badSource, .failed: self = AdminFault(status: 500, message: "not stored: \(fault)")
        }
    }

    init(_ fault: VaultFault) {
        switch fault {
        case .disabled, .locked: self = AdminFault(status: 503, message: "\(fault)")
        case .passwordTooShort, .passwordTooLong, .secretTooLong: self = .badRequest("\(fault)")
        case .wrongPassword: self = AdminFault(status: 401, message: "\(fault)")
        case .corrupt: self = AdminFault(status: 500, message: "\(fault)")
        case .store(let fault): self = AdminFault(fault)
        }
    }
}
