internal import CLibCrypto

/// Care for byte arrays that hold a private key on its way between the database and a crypto library.
public enum SecretBytes {
    /// Overwrites an array with zeros in a way the compiler may not leave out, and empties it.
    ///
    /// This clears this array's memory alone: if it shares its storage with a copy, the copy keeps the bytes, and what
    /// the system paged out or another library copied is out of reach. Switching core dumps off remains the operator's.
    public static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }
}
