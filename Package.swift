// swift-tools-version: 6.2
import PackageDescription

/// The settings every target of the house shares: Swift 6 mode, strict memory safety, and no warning left standing.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    // Dynamic exclusivity checks on class properties are an eighth of the instructions of a request. Debug builds, and with
    // them all tests, keep them.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let package = Package(
    name: "tokenhub",
    products: [.executable(name: "tokenhub", targets: ["tokenhub"])],
    targets: [
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL"),
        .systemLibrary(name: "CSQLite", path: "Sources/CSQLite"),
        .systemLibrary(name: "CCompress", path: "Sources/CCompress"),
        .target(name: "Wire", swiftSettings: house),
        .target(name: "Reactor", dependencies: ["Wire", "CLinux", "COpenSSL", "CCompress"], swiftSettings: house),
        .target(name: "Adapters", dependencies: ["Wire"], swiftSettings: house),
        .target(name: "Store", dependencies: ["CSQLite", "COpenSSL"], swiftSettings: house),
        .target(name: "Sim", dependencies: ["Wire", "Reactor"], swiftSettings: house),
        .target(name: "Gateway", dependencies: ["Wire", "Reactor", "Adapters", "Store", "Sim"], swiftSettings: house),
        .executableTarget(
            name: "tokenhub", dependencies: ["Gateway", "Reactor", "Sim"], swiftSettings: house,
            // The toolchain exports every symbol, so nothing unused is left out of the binary, and all of it is looked at when it is
            // loaded: half a megabyte of each.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]),
        .executableTarget(
            name: "load", dependencies: ["Wire", "CLinux", "COpenSSL"], path: "Benchmarks/Load", swiftSettings: house),
        .executableTarget(name: "floor", path: "Benchmarks/Floor"),
        .target(name: "CAllocations", path: "Benchmarks/Allocations"),
        .executableTarget(
            name: "micro", dependencies: ["Wire", "Reactor", "Adapters", "Store", "Sim", "Gateway", "CAllocations"],
            path: "Benchmarks/Micro",
            swiftSettings: house),
        .executableTarget(
            name: "arena", dependencies: ["Gateway", "Adapters"], path: "Tests/RoutingSimulation", swiftSettings: house),
        .target(name: "TestSupport", dependencies: ["CCompress"], path: "Tests/Support", swiftSettings: house),
        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: house),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "TestSupport", "Wire"], swiftSettings: house),
        .testTarget(name: "AdaptersTests", dependencies: ["Adapters", "Wire"], swiftSettings: house),
        .testTarget(name: "StoreTests", dependencies: ["Store"], swiftSettings: house),
        .testTarget(name: "SimTests", dependencies: ["Sim", "Wire"], swiftSettings: house),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Gateway", "Adapters", "Reactor", "Sim", "Store", "TestSupport", "Wire"],
            swiftSettings: house),
        .testTarget(name: "LoadTests", dependencies: ["load"], swiftSettings: house),
        .testTarget(name: "TidyTests", swiftSettings: house),
    ]
)
