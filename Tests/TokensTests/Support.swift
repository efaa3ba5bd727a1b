import OAuthTypes
import Testing
import Tokens

/// The private key of RFC 7515 appendix A.2.1, its numbers put into PKCS #1 with an independent program.
enum ExampleKey {
    static func der() throws -> [UInt8] { try #require(Base64URL.decode(text)) }

    static func key(_ backend: SigningBackend, kid: String = "example") throws -> SigningKey {
        try SigningKey(kid: kid, privateKeyDER: der(), backend: backend)
    }

    private static let text = """
        MIIEowIBAAKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz\
        P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re\
        xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWN\
        moudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQABAoIBABKucaRpzQorw35SbEUAVx8dYXUdZOlJ\
        cHtiWQ-dC6V8ljxAHj_PLyzTveyI5QO_xkObCyjIL303l2cfUhPu2MFaJdjVzqACXuOrLot_eSFvxjvqVidTtAZExqFRJ9mylUVA\
        oLvhowVWmC1On95fZCXxTUtxNEG1Xcc7m0rtzJKs45J-N_V9DP1edYH6USyPSWGp6wuA-KgHRnKKVf9GRx80JQY7nVNkL17eHoTW\
        Ewga-lwi0FEoW9Y7lDtWXYmKBWhUE-U8PGxlJf8f40493HDw1WRQ_aSLoS4QTp3rn7gYgeHEvfJdkkf0UMhlknlo53M09EFPdadQ\
        4TlUbjqKc50CgYEA4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB\
        0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUcCgYEAuQPEfgmV\
        tjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_\
        HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdcCgYAHAp9XcCSrn8wVkMVkKdb7DOX4IKjzdahm\
        -ctDAJN4O_y7OW5FKebvUjdAIt2GuoTZ71iTG-7F0F-lP88jtjP4U4qe7VHoewl4MKOfXZKTe-YCS1XbNvfgwJ3Ltyl1OH9hWvu2\
        yza7q-d5PCsDzqtm27kxuvULVeya-TEdAB1ijQKBgQCH_3r6YrVH_uCWGy6bzV1nGNOdjKc9tmkfOJmN54dxdixdpozCQ6U4OxZr\
        sj3FcOhHBsqAHvX2uuYjagqvo3cOj1TRqNocX40omfCCMx3bD1yPPf_6TI2XECva_ggqEY2mYzmIiA5LVVmc5nrybr-lssFKneey\
        xN2Wq93S0iJMdQKBgCGHewxzoa1r8ZMD0LETNrToK423K377UCYqXfg5XMclbrjPbEC3YI1ZNqMtuhdBJqUnBi6tjKMF-34Xf0CU\
        N8ncuXGO2CAYvO8PdyCixHX52ybaDjy1FtCE6yUXjoKNXKvUm7MWGsAYH6f4IegOetN5NvmUMFStCSkh7ixZLkN1
        """
}

/// A repeatable source: SplitMix64.
struct SeededRandomness: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
