import Testing

@testable import Store

@Suite struct DataSourceTests {
    @Test(arguments: [
        ("/data/t.sqlite", "/data/t.sqlite", "/data"),
        ("t.sqlite", "t.sqlite", "."),
        ("/t.sqlite", "/t.sqlite", "/"),
        ("file:/data/tokenhub.sqlite", "/data/tokenhub.sqlite", "/data"),
        ("file:///data/t.sqlite", "/data/t.sqlite", "/data"),
        ("file://localhost/data/t.sqlite", "/data/t.sqlite", "/data"),
        ("file:data/a%20b.sqlite?mode=rwc", "data/a b.sqlite", "data"),
        ("file:/d/t?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_txlock=immediate", "/d/t", "/d"),
    ])
    func namesAFile(text: String, path: String, directory: String) throws {
        let source = try DataSource(text)
        #expect(source.path == path)
        #expect(source.directory == directory)
    }

    @Test(arguments: [":memory:", "file::memory:", "file:x?mode=memory", "file::memory:?cache=shared"])
    func namesMemory(text: String) throws {
        let source = try DataSource(text)
        #expect(source.path == nil)
        #expect(source.directory == nil)
    }

    @Test func takesPragmasOfAClosedList() throws {
        let source = try DataSource(
            "file:/d/t?_pragma=busy_timeout(250)&_pragma=cache_size%28-2000%29&_pragma=mmap_size=9")
        #expect(source.busyTimeoutMS == 250)
        #expect(source.pragmas.map(\.name) == ["cache_size", "mmap_size"])
        #expect(source.pragmas.map(\.value) == [-2000, 9])
    }

    @Test(arguments: [
        "", "file:", "file://host/x", "file:/x?_pragma=writable_schema(1)", "file:/x?_pragma=busy_timeout(soon)",
        "file:/x?_pragma=busy_timeout(-1)", "file:/x?mode=ro", "file:/x?vfs=unix-none", "file:/a%00b", "file:/a%2",
        "file:/x?_pragma=cache_size(1);DROP TABLE models(1)",
    ])
    func refusesAnythingElse(text: String) {
        #expect(throws: StoreFault.self) { try DataSource(text) }
    }
}
