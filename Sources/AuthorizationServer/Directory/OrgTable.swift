public import OAuthTypes
public import Orgs
public import Storage

/// The orgs of a server, and its login host, by the hosts that requests name: a `Host` header chooses among these and nothing else
/// (security: row 12).
public struct OrgTable: Sendable {
    /// What a host stands for.
    public enum Site: Sendable {
        /// The My Domain host of an org.
        case myDomain(OrgState)
        /// The host that serves all orgs, by its origin.
        case loginHost(origin: String)

        /// The org whose own host it is.
        public var org: Org? {
            guard case .myDomain(let state) = self else { return nil }
            return state.org
        }

        /// Whether two hosts stand for one and the same.
        public func isSame(_ other: Site) -> Bool {
            switch (self, other) {
            case (.myDomain(let one), .myDomain(let another)): one.org.id == another.org.id
            case (.loginHost, .loginHost): true
            default: false
            }
        }
    }

    private let sites: [Authority: Site]
    private let orgs: [OrgID: OrgState]

    /// A table of some orgs. Where two could have a host, it is that of the org which spells it so, and of an org before the login host:
    /// an issuer is what its tokens say.
    public init(_ orgs: [OrgState], loginOrigin: String?) {
        var sites: [Authority: Site] = [:]
        for org in orgs {
            for alias in Authority(origin: org.org.issuer).aliases where sites[alias] == nil {
                sites[alias] = .myDomain(org)
            }
        }
        for org in orgs {
            let own = Authority(origin: org.org.issuer)
            for alias in own.aliases where alias.host == own.host { sites[alias] = .myDomain(org) }
        }
        if let loginOrigin {
            for alias in Authority(origin: loginOrigin).aliases where sites[alias] == nil {
                sites[alias] = .loginHost(origin: loginOrigin)
            }
        }
        self.sites = sites
        self.orgs = Dictionary(orgs.map { ($0.org.id, $0) }) { first, _ in first }
    }

    /// What a host stands for; `nil` for one that is not ours.
    public func site(_ host: Authority) -> Site? { sites[host] }

    /// The org with this id.
    public func org(_ id: OrgID) -> OrgState? { orgs[id] }

    /// The org with an id of 15 characters, as it stands in opaque tokens.
    func org(shortID: some StringProtocol) -> OrgState? {
        OrgID(String(shortID)).flatMap { orgs[$0] }
    }

    /// The ids of all orgs.
    public var ids: [OrgID] { Array(orgs.keys) }
}
