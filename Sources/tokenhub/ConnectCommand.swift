// `tokenhub connect`: what points a tool at this gateway. It prints, and changes nothing.

internal import Gateway

enum ConnectCommand {
    static func run(_ arguments: [String]) -> Int32 {
        do throws(ConnectOrder.Fault) {
            Output.line(try ConnectOrder(arguments, environment: Environment.read()).run())
            return 0
        } catch {
            Output.error("connect: \(error)")
            return 2
        }
    }
}
