/// Changes bytes at random, as somebody does who looks for what breaks: bits and bytes, pieces taken out, doubled, moved and put together,
/// and words that mean something where they land.
public struct Mutator {
    private var generator: SeededGenerator
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    private let limit: Int

    /// A mutator of a corpus, which gives the same for the same seed.
    ///
    /// - Parameters:
    ///   - words: what is worth putting in.
    ///   - limit: how many bytes an input has at most.
    public init(seed: UInt64, corpus: [[UInt8]], words: [String], limit: Int = 65_536) {
        generator = SeededGenerator(seed: seed)
        (self.corpus, self.words, self.limit) = (corpus, words.map { Array($0.utf8) }, limit)
    }

    /// The next input: one of the corpus with some changes.
    public mutating func next() -> [UInt8] {
        var bytes = generator.one(of: corpus)
        for _ in 0..<Int.random(in: 1...8, using: &generator) { change(&bytes) }
        return Array(bytes.prefix(limit))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes = generator.one(of: corpus) }
        let place = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1:
            bytes[place] = generator.one(of: [
                0, 0x3C, 0x3E, 0x26, 0x22, 0x7F, 0x80, 0xC0, 0xFF, UInt8.random(in: 0...255, using: &generator),
            ])
        case 2: bytes.removeSubrange(piece(of: bytes, from: place))
        case 3: bytes.insert(contentsOf: bytes[piece(of: bytes, from: place)], at: place)
        case 4: bytes.insert(contentsOf: generator.one(of: words), at: place)
        case 5: bytes.replaceSubrange(piece(of: bytes, from: place), with: generator.one(of: words))
        case 6:
            let other = generator.one(of: corpus)
            bytes.replaceSubrange(place..., with: other[min(place, other.count)...])
        default:
            let piece = Array(bytes[piece(of: bytes, from: place)])
            for _ in 0..<Int.random(in: 1...64, using: &generator) where bytes.count < limit {
                bytes.insert(contentsOf: piece, at: place)
            }
        }
    }

    private mutating func piece(of bytes: [UInt8], from place: Int) -> Range<Int> {
        let longest = generator.once(in: 4) ? 1_024 : 16
        return place..<min(bytes.count, place + Int.random(in: 1...longest, using: &generator))
    }
}
