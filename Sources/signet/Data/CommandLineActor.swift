import Foundation
import Storage

extension AuditActor {
    /// Whoever runs a command: the account of the system, the one before `sudo` if there was one, and the name of the machine.
    static func commandLine(_ command: String) -> AuditActor {
        let account = ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
        var name = [CChar](repeating: 0, count: 256)
        let isNamed = gethostname(&name, name.count - 1) == 0
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .operator(command: command, account: account, host: isNamed ? host : nil)
    }
}
