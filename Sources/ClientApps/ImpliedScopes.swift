public import OAuthTypes

/// What a scope allows beside what its name says (facts: app-model section 3).
extension ScopeSet {
    /// Whether a scope is allowed: it is one of these, or one of these includes it.
    public func covers(_ scope: Scope) -> Bool {
        if contains(scope) { return true }
        switch scope.name {
        case Scope.refreshToken.name, Scope.offlineAccess.name: return false
        case "visualforce" where contains(.web): return true
        case "chatter_api" where contains(.api): return true
        default: return contains(.full) && OAuthScopeName.scopes.contains(scope)
        }
    }

    /// Whether all of some scopes are allowed.
    public func covers(_ scopes: ScopeSet) -> Bool { scopes.scopes.allSatisfy(covers) }

    /// What is left of these scopes for somebody who may have others: each scope that they cover, and of one that is wider than
    /// theirs what of theirs it covers.
    public func narrowed(to others: ScopeSet) -> ScopeSet {
        ScopeSet(scopes.filter(others.covers)).union(ScopeSet(others.scopes.filter(covers)))
    }
}
