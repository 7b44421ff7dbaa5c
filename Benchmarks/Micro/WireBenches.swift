import Wire

/// Reading and writing HTTP, event streams and JSON.
enum WireBenches {
    static let all = [
        Bench("request head, 11 fields") { times in
            let head = Samples.requestHead
            var parser = RequestParser()
            var sum: UInt64 = 0
            for _ in 0..<times {
                let length = try? parser.parse(head.span, scanned: 0)
                sum &+= UInt64((length ?? 0) + parser.fields.count + Int(parser.path.end))
            }
            return sum
        },
        Bench("answer head, 9 fields") { times in
            let head = Samples.answerHead
            var parser = ResponseParser()
            var sum: UInt64 = 0
            for _ in 0..<times {
                let length = try? parser.parse(head.span, scanned: 0, requestMethodIsHead: false)
                sum &+= UInt64((length ?? 0) + parser.status)
            }
            return sum
        },
        Bench("chunks, 64 of 180 B") { times in
            let stream = Samples.chunkedEvents
            var sum: UInt64 = 0
            for _ in 0..<times {
                var decoder = ChunkDecoder()
                var at = 0
                while at < stream.count,
                    let piece = try? decoder.next(in: stream.span, from: at)
                {
                    sum &+= UInt64(piece.payload.count)
                    at = piece.next
                    if piece.state != .data { break }
                }
            }
            return sum
        },
        Bench("events, 64 of 180 B") { times in
            let stream = Samples.events
            var sum: UInt64 = 0
            for _ in 0..<times {
                var framer = EventFramer()
                var at = 0
                while let event = framer.next(in: stream.span, from: at) {
                    at = Int(event.whole.end)
                    sum &+= UInt64(event.data.count)
                }
            }
            return sum
        },
        Bench("end of the last whole event, 64 of 180 B") { times in
            let stream = Samples.events
            var sum: UInt64 = 0
            for time in 0..<times {
                // Another length each time, or the compiler would do the work once.
                let bytes = stream.span.extracting(0..<(stream.count &- (time & 1)))
                sum &+= UInt64(EventFramer.wholeEventsEnd(in: bytes))
            }
            return sum
        },
        members("members of a small chat, 240 B", Samples.smallChat),
        members("members of a long chat, 100 KB", Samples.longChat),
        Bench("usage in an answer, 360 B") { times in
            var sum: UInt64 = 0
            let answer = Samples.answer
            let bytes = answer.span
            for _ in 0..<times {
                if let usage = JSONScan.find("usage.completion_tokens", in: bytes, from: ByteRange(0, bytes.count)) {
                    sum &+= UInt64(JSONScan.int(bytes, usage.value) ?? 0)
                }
            }
            return sum
        },
        Bench("write an answer head") { times in
            var out = ByteBuffer(capacity: 1024)
            let id = Array("0123456789abcdef01234567".utf8)
            var sum: UInt64 = 0
            for _ in 0..<times {
                out.removeAll()
                HeadWriter.statusLine(200, into: &out)
                HeadWriter.field("content-type", "application/json", into: &out)
                HeadWriter.field("content-length", 812, into: &out)
                HeadWriter.field("x-request-id", id.span, into: &out)
                HeadWriter.end(into: &out)
                sum &+= UInt64(out.count)
            }
            return sum
        },
        Bench("write an event") { times in
            var out = ByteBuffer(capacity: 1024)
            var sum: UInt64 = 0
            let event = Samples.event
            let data = event.span.extracting(6..<(event.count - 2))
            for _ in 0..<times {
                out.removeAll()
                EventWriter.event(data: data, into: &out)
                sum &+= UInt64(out.count)
            }
            return sum
        },
    ]

    private static func members(_ name: String, _ text: [UInt8]) -> Bench {
        Bench(name) { times in
            var members = JSONMembers()
            var sum: UInt64 = 0
            for _ in 0..<times {
                try? JSONScan.topLevelMembers(text.span, into: &members)
                sum &+= UInt64(members.count)
            }
            return sum
        }
    }
}
