/// The edition of an org: what it was bought as, shown in Setup and given by the identity documents.
public enum Edition: String, Hashable, Sendable, CaseIterable {
    case developer = "Developer"
    case professional = "Professional"
    case enterprise = "Enterprise"
    case performance = "Performance"
    case unlimited = "Unlimited"
    case group = "Group"
    case essentials = "Essentials"
    case database = "Database"
}
