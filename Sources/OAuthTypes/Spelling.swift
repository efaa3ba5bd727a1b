/// Finds the name that was most likely meant.
public enum Spelling {
    /// No name of ours is longer than this; what is typed may be a megabyte, and each letter of it costs time.
    private static let longestCompared = 64

    /// The name that is nearest to what was typed, upper and lower case being one, and by how many letters they differ; `nil` for no names.
    public static func closest(to typed: String, in names: [String]) -> (name: String, distance: Int)? {
        let typed = String(typed.prefix(longestCompared))
        return names.map { (name: $0, distance: distance($0, typed)) }.min { $0.distance < $1.distance }
    }

    /// How many letters have to be put in, taken out or replaced (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.lowercased())
        var row = Array(0...right.count)
        for (i, character) in left.lowercased().enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (character == right[j] ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}
