import Glibc
import Testing

@testable import Store

@Suite struct PrivateFileTests {
    @Test func fileIsReplacedWholeAndPrivate() throws {
        let scratch = Scratch()
        let path = scratch.file("a")
        for text in ["one", "", "three"] {
            try PrivateFile.write(Array(text.utf8), to: path)
            #expect(try PrivateFile.read(path, bytesMax: 10, mustBePrivate: true) == Array(text.utf8))
            #expect(Scratch.mode(path) == 0o600)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o601] as [mode_t])
    func fileOpenToOthersIsRefusedWhereItMustBePrivate(mode: mode_t) throws {
        let scratch = Scratch()
        try PrivateFile.write([1], to: scratch.file("a"))
        // SAFETY: the path is a C string for the call.
        unsafe chmod(scratch.file("a"), mode)
        #expect(throws: PrivateFile.Fault.readableByOthers) {
            try PrivateFile.read(scratch.file("a"), bytesMax: 10, mustBePrivate: true)
        }
        #expect(try PrivateFile.read(scratch.file("a"), bytesMax: 10, mustBePrivate: false) == [1])
    }

    @Test func absentOversizedAndDirectoriesAreTold() throws {
        let scratch = Scratch()
        #expect(throws: PrivateFile.Fault.absent) {
            try PrivateFile.read(scratch.file("none"), bytesMax: 10, mustBePrivate: true)
        }
        try PrivateFile.write([UInt8](repeating: 0, count: 11), to: scratch.file("big"))
        #expect(throws: PrivateFile.Fault.tooLarge) {
            try PrivateFile.read(scratch.file("big"), bytesMax: 10, mustBePrivate: true)
        }
        #expect(throws: PrivateFile.Fault.failed(call: "read", code: EISDIR)) {
            try PrivateFile.read(scratch.path, bytesMax: 10, mustBePrivate: true)
        }
        #expect(throws: PrivateFile.Fault.self) { try PrivateFile.write([1], to: scratch.file("no/such/place")) }
    }
}
