internal import CLibCrypto

/// An RSA private key held by libcrypto, which clears its memory when it is freed.
///
/// Unchecked because an `EVP_PKEY` is a raw pointer to the compiler; it is never changed after `init`, and OpenSSL allows
/// one key in several threads as long as each operation has a context of its own, which `signature` makes.
final class LibcryptoKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// Reads a PKCS #8 or PKCS #1 private key.
    init(privateKeyDER: [UInt8]) throws(SigningKeyError) {
        let parsed = privateKeyDER.withUnsafeBufferPointer { der in
            var cursor = der.baseAddress
            return d2i_AutoPrivateKey(nil, &cursor, der.count)
        }
        guard let parsed else {
            ERR_clear_error()
            throw .notAnRSAPrivateKey
        }
        key = parsed
        guard EVP_PKEY_get_base_id(parsed) == NID_rsaEncryption else { throw .notAnRSAPrivateKey }
        let bits = Int(EVP_PKEY_get_bits(parsed))
        guard bits >= 2048 else { throw .tooShort(bits: bits) }
    }

    deinit {
        EVP_PKEY_free(key)
    }

    func publicKey() throws(SigningKeyError) -> RSAPublicKey {
        RSAPublicKey(modulus: try number("n"), exponent: try number("e"))
    }

    private func number(_ name: String) throws(SigningKeyError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { throw LibcryptoKey.failure() }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    /// The RS256 signature of some bytes: RSASSA-PKCS1-v1_5 is what OpenSSL takes for RSA keys unless told otherwise.
    func signature(for input: UnsafeRawBufferPointer) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw LibcryptoKey.failure() }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1 else { throw LibcryptoKey.failure() }
        let size = Int(EVP_PKEY_get_size(key))
        return try [UInt8](unsafeUninitializedCapacity: size) { output, count in
            var length = size
            let bytes = input.assumingMemoryBound(to: UInt8.self)
            guard EVP_DigestSign(context, output.baseAddress, &length, bytes.baseAddress, bytes.count) == 1 else {
                throw LibcryptoKey.failure()
            }
            count = length
        }
    }

    /// Makes an RSA-2048 key with the exponent 65537, as PKCS #8.
    static func generateDER() throws(SigningKeyError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_id(NID_rsaEncryption, nil) else { throw failure() }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
            EVP_PKEY_keygen(context, &made) == 1,
            let made
        else { throw failure() }
        defer { EVP_PKEY_free(made) }
        guard let document = EVP_PKEY2PKCS8(made) else { throw failure() }
        defer { PKCS8_PRIV_KEY_INFO_free(document) }
        let size = Int(i2d_PKCS8_PRIV_KEY_INFO(document, nil))
        guard size > 0 else { throw failure() }
        return [UInt8](unsafeUninitializedCapacity: size) { output, count in
            var cursor = output.baseAddress
            count = Int(i2d_PKCS8_PRIV_KEY_INFO(document, &cursor))
        }
    }

    /// The oldest entry of this thread's error queue, which is emptied so that it is not blamed on a later call.
    private static func failure() -> SigningKeyError {
        let code = ERR_get_error()
        ERR_clear_error()
        return .libcrypto(code: UInt64(code))
    }
}
