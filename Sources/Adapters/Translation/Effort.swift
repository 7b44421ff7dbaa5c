// How long a model should think.

enum Effort: UInt8, Sendable { case none, minimal, low, medium, high, xhigh, max }
