// load: an open- and closed-loop generator for HTTP/1.1 and server-sent events, for measurements on one machine.

import Glibc

func complain(_ text: String) -> Never {
    Process.complain(text + "\n")
    exit(2)
}

func runLoad() throws(OptionFault) {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.isEmpty || arguments.contains("--help") { complain(Options.usage) }
    let options = try Options(arguments)
    guard let address = Address(host: options.host, port: options.port) else {
        throw OptionFault(text: "'\(options.host)' is neither localhost, [::1] nor an IPv4 address")
    }
    if !address.isLoopback && !options.allowsRemote {
        throw OptionFault(
            text: "'\(options.host)' is not this machine: say --allow-remote if that server is yours to load")
    }
    var tls: TLSClientContext?
    if options.isTLS {
        tls = TLSClientContext(authorityFile: options.authorityFile, resumes: options.resumes)
        if tls == nil { throw OptionFault(text: "no TLS context; is --ca a PEM file?") }
    }
    Process.prepare(descriptors: options.connections + 64)
    let report = Generator(options: options, address: address, tls: tls).run()
    if !options.jsonOnly { print(report.table) }
    print(report.json)
    exit(report.tally.requests + report.tally.vanished > 0 && report.tally.failureCount == 0 ? 0 : 1)
}

do throws(OptionFault) { try runLoad() } catch { complain("load: \(error.text)") }
