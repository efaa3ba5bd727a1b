import OAuthTypes
import Testing
import Tokens

@Suite("Key schedule")
struct KeyScheduleTests {
    private let start = Timestamp(seconds: 1_700_000_000)
    private let policy = RotationPolicy(rotateEvery: .days(90), announcement: .hours(1), leeway: .minutes(5))

    private func key(
        _ kid: String,
        _ state: SigningKeyState,
        published: TimeSpan = .seconds(0),
        activated: TimeSpan? = nil,
        usableUntil: TimeSpan? = nil
    ) -> KeyDescription {
        KeyDescription(
            kid: kid,
            purpose: .accessToken,
            state: state,
            createdAt: start + published,
            publishedAt: start + published,
            activatedAt: activated.map { start + $0 },
            usableUntil: usableUntil.map { start + $0 }
        )
    }

    /// An ID token key that has nothing due, so that each test sees the access token keys alone.
    private func due(_ keys: [KeyDescription], after span: TimeSpan) -> [KeyAction] {
        let other = KeyDescription(
            kid: "id",
            purpose: .idToken,
            state: .active,
            createdAt: start,
            publishedAt: start,
            activatedAt: start + span
        )
        return KeySchedule.due(keys + [other], now: start + span, longestTokenLifetime: .hours(12), policy: policy)
    }

    @Test("security 4.5: a first start makes one key for each purpose")
    func firstStart() {
        let actions = KeySchedule.due([], now: start, longestTokenLifetime: .hours(12), policy: policy)
        #expect(actions == [.make(.accessToken), .make(.idToken)])
    }

    @Test("security 4.5: without an active key the one just made signs at once")
    func firstKeySignsAtOnce() {
        #expect(due([key("a", .next)], after: .seconds(0)) == [.activate(kid: "a")])
    }

    @Test("security 4.5: while a young key signs nothing is due")
    func quiet() {
        #expect(due([key("a", .active, activated: .seconds(0))], after: .days(89)).isEmpty)
    }

    @Test("security 4.5: the successor is made one announcement before its turn")
    func successor() {
        let active = key("a", .active, activated: .seconds(0))
        let turn = TimeSpan.days(90).milliseconds - TimeSpan.hours(1).milliseconds
        #expect(due([active], after: TimeSpan(milliseconds: turn - 1)).isEmpty)
        #expect(due([active], after: TimeSpan(milliseconds: turn)) == [.make(.accessToken)])
    }

    @Test("security 4.5: a key is published for the whole announcement before it signs")
    func announcement() {
        let keys = [key("a", .active, activated: .seconds(0)), key("b", .next, published: .days(1))]
        let ready = TimeSpan.days(1).milliseconds + TimeSpan.hours(1).milliseconds
        #expect(due(keys, after: TimeSpan(milliseconds: ready - 1)).isEmpty)
        let dropAfter = start + TimeSpan(milliseconds: ready) + .hours(12) + .minutes(5)
        #expect(
            due(keys, after: TimeSpan(milliseconds: ready))
                == [.retire(kid: "a", dropAfter: dropAfter), .activate(kid: "b")]
        )
    }

    @Test("security 4.5: a retiring key is published until its last token has expired, then dropped")
    func retention() {
        let retiring = key("a", .retiring, usableUntil: .hours(13))
        let keys = [retiring, key("b", .active, activated: .hours(1))]
        let before = TimeSpan(milliseconds: TimeSpan.hours(13).milliseconds - 1)
        #expect(due(keys, after: before).isEmpty)
        #expect(due(keys, after: .hours(13)) == [.drop(kid: "a")])
    }

    @Test("security 4.5: after all were revoked a new one is made, and signs at once")
    func revokeAll() {
        let revoked = [key("a", .revoked, usableUntil: .hours(12)), key("b", .revoked)]
        #expect(due(revoked, after: .hours(1)) == [.make(.accessToken), .drop(kid: "b")])
        #expect(due([revoked[0], key("c", .next, published: .hours(1))], after: .hours(1)) == [.activate(kid: "c")])
        #expect(due([revoked[0], key("c", .active, activated: .hours(1))], after: .hours(12)) == [.drop(kid: "a")])
    }

    @Test("security 4.5: of two made or activated at once by two nodes one is kept")
    func twins() {
        let next = [key("b", .next, published: .hours(2)), key("c", .next, published: .hours(2))]
        #expect(due(next + [key("a", .active, activated: .seconds(0))], after: .hours(2)) == [.drop(kid: "c")])
        let active = [key("a", .active, activated: .seconds(0)), key("b", .active, activated: .hours(1))]
        let dropAfter = start + .hours(1) + .hours(12) + .minutes(5)
        #expect(due(active, after: .hours(1)) == [.retire(kid: "a", dropAfter: dropAfter)])
    }

    @Test("security 4.5: their names tell access tokens from ID tokens")
    func names() {
        let made = Timestamp(milliseconds: 1_725_579_420_125)
        #expect(
            KeyName.accessToken(orgShortID: "00DSG000009FYVd", createdAt: made)
                == "CORE_ATJWT.00DSG000009FYVd.1725579420125"
        )
        #expect(KeyName.idToken(createdAt: made) == "1725579420125")
    }
}
