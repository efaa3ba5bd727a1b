// libFuzzer calls into this executable, which has no main of its own: see scripts/fuzz.
import Foundation
import TestInputs

/// The target that `SIGNET_FUZZ_TARGET` names.
private let target = ProcessInfo.processInfo.environment["SIGNET_FUZZ_TARGET"].flatMap(FuzzTarget.init)

/// Writes what to begin with into the folder that `SIGNET_FUZZ_CORPUS` names. libFuzzer hears of a failure by the end of the program alone.
@_cdecl("LLVMFuzzerInitialize")
public func prepare(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    guard let target else { fatalError("SIGNET_FUZZ_TARGET names none of \(FuzzTarget.allCases.map(\.rawValue))") }
    guard let folder = ProcessInfo.processInfo.environment["SIGNET_FUZZ_CORPUS"] else { return 0 }
    for seed in 0..<20 as Range<UInt64> {
        for (index, input) in target.corpus(seed: seed).enumerated() {
            let path = "\(folder)/good-\(seed)-\(index)"
            guard FileManager.default.createFile(atPath: path, contents: Data(input)) else {
                fatalError("\(path) cannot be written")
            }
        }
    }
    return 0
}

/// Tries one input; what does not hold ends the program, as libFuzzer wants it.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
        try target?.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
