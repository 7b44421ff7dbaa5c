import Testing

@Test func placeholderGateway() { #expect(Bool(true)) }
