// A system call that failed, and how.

internal import Glibc

package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let call: StaticString
    package let code: Int32

    package init(call: StaticString, code: Int32) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(SystemError.name(of: code)) (\(code))" }

    package static func == (a: SystemError, b: SystemError) -> Bool {
        a.code == b.code && a.call.description == b.call.description
    }

    /// The symbolic name of an errno value, as operators search for it.
    package static func name(of code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "ECONNREFUSED"
        case ECONNRESET: "ECONNRESET"
        case EPIPE: "EPIPE"
        case ETIMEDOUT: "ETIMEDOUT"
        case EHOSTUNREACH: "EHOSTUNREACH"
        case ENETUNREACH: "ENETUNREACH"
        case EMFILE: "EMFILE"
        case ENFILE: "ENFILE"
        case ENOMEM: "ENOMEM"
        case EADDRINUSE: "EADDRINUSE"
        case EADDRNOTAVAIL: "EADDRNOTAVAIL"
        case EACCES: "EACCES"
        case EPERM: "EPERM"
        case EINVAL: "EINVAL"
        case ENOSYS: "ENOSYS"
        case EBADF: "EBADF"
        case ECONNABORTED: "ECONNABORTED"
        default: "errno"
        }
    }
}
