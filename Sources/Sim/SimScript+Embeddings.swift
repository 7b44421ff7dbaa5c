// Vectors that are a pure function of their text.

import Wire

extension SimScript {
    /// `{"object":"list","data":[…],"model":…,"usage":{…}}`
    mutating func writeEmbeddings(body: Span<UInt8>, profile: SimProfile, into out: inout ByteBuffer) {
        let dimensions = min(request.dimensions ?? profile.dimensions, Limits.dimensionsMax)
        out.append("{\"object\":\"list\",\"data\":[")
        var index = 0
        var first: JSONKind?
        var cursor = JSONCursor(of: request.subject, in: body)
        while let input = cursor.next(in: body), index < Limits.inputCountMax {
            first = first ?? input.kind
            // A list of numbers is one text, as tokens.
            if input.kind == .number { break }
            writeEmbedding(index, of: body.extracting(input.value), dimensions, into: &out)
            index += 1
        }
        if first == nil || first == .number {
            writeEmbedding(0, of: body.extracting(request.subject), dimensions, into: &out)
        }
        out.append("],\"model\":\"")
        out.append(names.bytes.extracting(model))
        out.append("\",\"usage\":{\"prompt_tokens\":")
        out.append(decimal: request.inputTokens)
        out.append(",\"total_tokens\":")
        out.append(decimal: request.inputTokens)
        out.append("}}")
    }

    private func writeEmbedding(
        _ index: Int, of input: Span<UInt8>, _ dimensions: Int, into out: inout ByteBuffer
    ) {
        out.append(index == 0 ? "{\"object\":\"embedding\",\"index\":" : ",{\"object\":\"embedding\",\"index\":")
        out.append(decimal: index)
        out.append(",\"embedding\":")
        // The text alone decides, so that equal texts have equal vectors whatever the request's seed.
        let seed = SimRandom.hash(input, seed: 0)
        if request.isBase64 {
            var floats = ByteBuffer(capacity: dimensions * 4)
            for dimension in 0..<dimensions {
                let bits = (Float(SimScript.tenThousandths(seed, dimension)) / 10_000).bitPattern
                for shift: UInt32 in [0, 8, 16, 24] { floats.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            }
            out.append("\"")
            SimBytes.writeBase64(floats.bytes, into: &out)
            out.append("\"")
        } else {
            out.append("[")
            for dimension in 0..<dimensions {
                if dimension > 0 { out.append(",") }
                SimScript.write(tenThousandths: SimScript.tenThousandths(seed, dimension), into: &out)
            }
            out.append("]")
        }
        out.append("}")
    }

    /// A number in -9999...9999.
    private static func tenThousandths(_ seed: UInt64, _ dimension: Int) -> Int {
        Int(SimRandom.word(seed, at: dimension) % 19_999) - 9_999
    }

    /// `-0.0420`
    private static func write(tenThousandths value: Int, into out: inout ByteBuffer) {
        out.append(value < 0 ? "-0." : "0.")
        let digits = abs(value)
        for place in [1_000, 100, 10, 1] { out.append(UInt8(ascii: "0") + UInt8(digits / place % 10)) }
    }
}
