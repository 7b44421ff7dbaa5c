// Whether a model may, must or must not call tools.

enum ToolChoice: Sendable { case none, auto, required, named }
