// Requests whose bodies pass through unread.

extension Ask {
    static let formType = "multipart/form-data; boundary=xyz"

    static func media(_ path: String, _ body: String, type: String = Ask.formType, more: [String] = []) -> Ask {
        var ask = Ask()
        (ask.path, ask.body, ask.type, ask.fields) = (path, body, type, more)
        return ask
    }

    static func rerank(_ body: String = #"{"model":"m-alpha","query":"q"}"#, more: [String] = []) -> Ask {
        media("/v1/rerank", body, type: "application/json", more: more)
    }

    static func transcription(_ model: String = "m-alpha", audioBytes: Int) -> Ask {
        media("/v1/audio/transcriptions", form(model, audioBytes: audioBytes))
    }

    /// A form of so many bytes of audio, with the model in front of it or behind.
    static func form(_ model: String, audioBytes: Int, modelFirst: Bool = true) -> String {
        let named = "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n\(model)\r\n"
        let file =
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
            + String(repeating: "RIFF data \r\n--xy ", count: audioBytes / 17) + "\r\n"
        return (modelFirst ? named + file : file + named) + "--xyz--\r\n"
    }
}

extension Plan {
    /// One provider that knows its model by the name that clients use.
    static func media(_ script: ((Client) -> Void)? = nil) -> Plan {
        var plan = Plan()
        plan.models[0].literal = plan.models[0].id
        plan.stands[0].script = script
        return plan
    }
}
