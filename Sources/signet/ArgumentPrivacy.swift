import Foundation

/// Takes passwords out of what other users of the machine can see of this process (`ps`, `/proc/PID/cmdline`).
enum ArgumentPrivacy {
    /// Overwrites the password of every URL among the arguments, in place. The program itself has its own copy by then.
    static func hidePasswords() {
        _ = CommandLine.arguments
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index],
                let range = passwordRange(String(cString: argument).utf8.map { $0 })
            else { continue }
            for place in range { argument[place] = CChar(UInt8(ascii: "*")) }
        }
    }

    /// Where the password of `scheme://user:password@host` stands in its bytes.
    static func passwordRange(_ text: [UInt8]) -> Range<Int>? {
        guard let start = text.firstRange(of: Array("://".utf8))?.upperBound else { return nil }
        let end = text[start...].firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
        guard let at = text[start..<end].lastIndex(of: UInt8(ascii: "@")),
            let colon = text[start..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return (colon + 1)..<at
    }
}
