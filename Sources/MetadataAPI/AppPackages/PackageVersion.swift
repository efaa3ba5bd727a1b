/// The version of a package: three numbers, compared one after the other.
public struct PackageVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let numbers: [Int]

    /// Reads `MAJOR.MINOR.PATCH`, each from 0 to 99999 without leading zeros; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            let isPlain = (1...5).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            return isPlain && (part == "0" || part.first != "0") ? Int(part) : nil
        }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        self.numbers = numbers
    }

    /// The text that it was read from.
    public var description: String { numbers.map(String.init).joined(separator: ".") }

    /// The order of the numbers.
    public static func < (left: PackageVersion, right: PackageVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}
