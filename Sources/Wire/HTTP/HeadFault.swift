// Why a head or a chunked body was refused. Carries nothing the peer sent.

/// - Source: RFC 9112 and RFC 9110; what they call ambiguous is refused.
public enum HeadFault: Error, Equatable, Sendable {
    /// Answered 400; the connection is of no further use.
    case malformed(Reason)
    /// The start line is longer than `Limits.startLineBytesMax`; answered 414.
    case targetTooLong
    /// The head is longer than `Limits.headBytesMax` or has too many fields; answered 431.
    case tooLong
    /// An expectation other than `100-continue`; answered 417.
    case expectation
    /// A transfer coding other than `chunked`, or CONNECT; answered 501.
    case unsupported(Reason)
    /// A well-formed version that is neither 1.0 nor 1.1; answered 505.
    case unsupportedVersion

    public enum Reason: UInt8, Sendable {
        case bareCR, bareLF, controlByte
        case startLine, method, target, version, statusCode
        case obsoleteFold, fieldName, spaceBeforeColon, missingColon
        case missingHost, duplicateHost, host
        case contentLength, duplicateContentLength, lengthAndCoding
        case transferCoding, duplicateTransferCoding, codingInOldVersion
        case chunkSize, chunkExtension, chunkEnd, trailer
        case connect, upgrade
    }

    /// The HTTP status that answers a request with this fault.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .targetTooLong: 414
        case .tooLong: 431
        case .expectation: 417
        case .unsupported: 501
        case .unsupportedVersion: 505
        }
    }

    public var text: StaticString {
        switch self {
        case .malformed(let reason), .unsupported(let reason): reason.text
        case .targetTooLong: "the request target is too long"
        case .tooLong: "the header section is too long"
        case .expectation: "the only expectation supported is 100-continue"
        case .unsupportedVersion: "the only versions supported are HTTP/1.0 and HTTP/1.1"
        }
    }
}

extension HeadFault.Reason {
    public var text: StaticString {
        switch self {
        case .bareCR: "a CR without LF"
        case .bareLF: "a line that ends in LF without CR"
        case .controlByte: "a control byte in the head"
        case .startLine: "the first line is not an HTTP start line"
        case .method: "the method is not a token"
        case .target: "the request target is invalid"
        case .version: "the HTTP version is malformed"
        case .statusCode: "the status code is invalid"
        case .obsoleteFold: "a header line begins with a blank"
        case .fieldName: "a header name has an invalid byte"
        case .spaceBeforeColon: "a blank between header name and colon"
        case .missingColon: "a header line has no colon"
        case .missingHost: "the Host header is missing"
        case .duplicateHost: "there is more than one Host header"
        case .host: "the Host header is invalid"
        case .contentLength: "Content-Length is not a plain number"
        case .duplicateContentLength: "there is more than one Content-Length"
        case .lengthAndCoding: "both Content-Length and Transfer-Encoding"
        case .transferCoding: "the only transfer coding supported is chunked"
        case .duplicateTransferCoding: "there is more than one Transfer-Encoding"
        case .codingInOldVersion: "Transfer-Encoding in a message of HTTP/1.0"
        case .chunkSize: "a chunk size is invalid"
        case .chunkExtension: "a chunk extension is invalid or too long"
        case .chunkEnd: "a chunk does not end where its size says"
        case .trailer: "the trailer section is invalid or too long"
        case .connect: "CONNECT is not supported"
        case .upgrade: "the upstream switched protocols unasked"
        }
    }
}
