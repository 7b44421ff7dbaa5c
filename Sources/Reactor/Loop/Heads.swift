// The two head parsers of a core. A head is looked at in one go, so one of each serves all its connections.

internal import Wire

final class Heads {
    var request = RequestParser()
    var response = ResponseParser()
}
