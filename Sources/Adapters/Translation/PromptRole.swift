// Whose turn it is.

enum PromptRole: Sendable { case user, assistant }
