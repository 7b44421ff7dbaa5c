// What an exchange reads and notes of its incidents, as if it held them itself.

internal import Adapters

extension Exchange {
    var trial: (provider: Int, until: UInt64)? {
        get { incidents?.trial }
        set { if newValue != nil || incidents != nil { noted.trial = newValue } }
    }
    var lastFault: AttemptFault? {
        get { incidents?.lastFault }
        set { noted.lastFault = newValue }
    }
    var retryAfterNS: Int64? {
        get { incidents?.retryAfterNS }
        set { if newValue != nil || incidents != nil { noted.retryAfterNS = newValue } }
    }
    var pauseEnd: UInt64 {
        get { incidents?.pauseEnd ?? 0 }
        set { noted.pauseEnd = newValue }
    }
    var hedgeHeldNanoUSD: Int64 {
        get { incidents?.hedgeHeldNanoUSD ?? 0 }
        set { noted.hedgeHeldNanoUSD = newValue }
    }
    var uncarried: [UInt8] {
        get { incidents?.uncarried ?? [] }
        set { noted.uncarried = newValue }
    }
    var noticeLines: [UInt8] {
        get { incidents?.noticeLines ?? [] }
        set { noted.noticeLines = newValue }
    }
    var originLines: [UInt8] {
        get { incidents?.originLines ?? [] }
        set { noted.originLines = newValue }
    }
    var outputRules: OutputRules? {
        get { incidents?.outputRules }
        set { noted.outputRules = newValue }
    }
    var contentType: [UInt8] {
        get { incidents?.contentType ?? [] }
        set { if !newValue.isEmpty || incidents != nil { noted.contentType = newValue } }
    }

    private var noted: Incidents {
        if let incidents { return incidents }
        let first = Incidents()
        incidents = first
        return first
    }
}
