import Foundation

/// The browser of the person at this machine.
enum Browser {
    /// Opens an address in it, or not: a person reads the address on the terminal as well.
    static func open(_ url: String) {
        let environment = ProcessInfo.processInfo.environment
        #if os(macOS)
            let fallback = "open"
        #else
            let fallback = "xdg-open"
        #endif
        let program = environment["BROWSER"].flatMap { $0.isEmpty ? nil : $0 } ?? fallback
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program, url]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
