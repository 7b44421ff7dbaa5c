// The commands. Without one it serves, configured by the environment.

internal import Gateway
internal import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case nil, "serve": exit(ServeCommand.run())
case "demo": exit(DemoCommand.run(Array(arguments.dropFirst())))
case "sim": exit(SimCommand.run(Array(arguments.dropFirst())))
case "replay": exit(ReplayCommand.run(Array(arguments.dropFirst())))
case "connect": exit(ConnectCommand.run(Array(arguments.dropFirst())))
case "-healthcheck", "--healthcheck", "healthcheck": exit(HealthCheckCommand.run())
case "version", "--version": print("tokenhub \(Version.text)")
case "help", "--help", "-h": print(Usage.text)
case .some(let other):
    Output.error("unknown command '\(other)'\n\n\(Usage.text)")
    exit(2)
}
