/// A command line that cannot be carried out; the text says why.
struct OptionFault: Error { var text: String }
