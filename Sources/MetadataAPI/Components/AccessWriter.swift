import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Profiles and permission sets: what the server acts on becomes theirs, and the rest of their documents is kept.
extension ComponentWriter {
    func save(
        _ document: ProfileDocument,
        named name: String,
        on connection: any Connection
    ) throws -> DocumentOutcome {
        var document = document
        document.loginIPRanges = try document.loginIPRanges.canonical
        let profiles = try Profiles.like(name, org: org.id, on: connection)
        try requireOneName(name, among: profiles.map(\.name))
        let before = profiles.first { $0.name == name }
        if before == nil, document.custom != true {
            throw MetadataError(
                element: "custom",
                code: .invalidCrossReferenceKey,
                problem: "No standard profile has this name.",
                remedy: "Correct the name, or set custom to true to make a profile."
            )
        }
        if before == nil, name.contains("/") || !PlainText.isPlain(name, allowsLines: false) || name.utf8.count > 255 {
            throw MetadataError(
                element: "fullName",
                code: .invalidCharacter,
                problem: "A profile cannot have this name.",
                remedy: "Use characters that are seen, of up to 255 bytes in UTF-8, and no slash."
            )
        }
        var randomness = SystemRandomNumberGenerator()
        let profile = Profile(
            id: before?.id ?? ProfileID.make(prefix: Profile.idPrefix, now: caller.now, using: &randomness),
            org: org.id,
            name: name,
            permissions: document.userPermissions.applied(to: before?.permissions ?? []),
            sessionTimeoutMinutes: before?.sessionTimeoutMinutes,
            loginIPRanges: document.loginIPRanges.isEmpty
                ? before?.loginIPRanges ?? [] : try document.loginIPRanges.map { try $0.range }
        )
        var kept = document
        kept.userPermissions = document.userPermissions.unknown
        kept.loginIPRanges = document.loginIPRanges.filter { $0.description != nil }
        kept.custom = nil
        var outcome = try keep(
            MetadataComponent(fullName: name, content: .profile(kept)),
            unless: .profile(.init()),
            id: profile.id.rawValue,
            on: connection
        )
        outcome.note(document.userPermissions.unknown)
        outcome.isCreated = before == nil
        outcome.isChanged = outcome.isChanged || profile != before
        guard profile != before else { return outcome }
        try keepingAnAdmin(before?.permissions ?? [], profile.permissions, on: connection) {
            if before == nil {
                try Profiles.insert(profile, by: caller.actor, now: caller.now, on: connection)
            } else {
                try Profiles.update(profile, by: caller.actor, now: caller.now, on: connection)
            }
        }
        return outcome
    }

    func save(
        _ document: PermissionSetDocument,
        named name: String,
        on connection: any Connection
    ) throws -> DocumentOutcome {
        guard PermissionSet.isName(name) else {
            throw MetadataError(
                element: "fullName",
                code: .invalidDeveloperName,
                problem: "'\(name)' is no name of a permission set.",
                remedy:
                    "Use up to 80 letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        let sets = try PermissionSets.like(name, org: org.id, on: connection)
        try requireOneName(name, among: sets.map(\.name))
        let before = sets.first { $0.name == name }
        var randomness = SystemRandomNumberGenerator()
        let set = PermissionSet(
            id: before?.id ?? PermissionSetID.make(prefix: PermissionSet.idPrefix, now: caller.now, using: &randomness),
            org: org.id,
            name: name,
            label: document.label,
            // A document is the whole of a permission set, in the original from version 40.0 on and here in every one, so that what it leaves out
            // is not granted; one of a profile is a part of it.
            permissions: document.userPermissions.applied(to: [])
        )
        var kept = document
        kept.userPermissions = document.userPermissions.unknown
        var silent = PermissionSetDocument()
        silent.label = document.label
        var outcome = try keep(
            MetadataComponent(fullName: name, content: .permissionSet(kept)),
            unless: .permissionSet(silent),
            id: set.id.rawValue,
            on: connection
        )
        outcome.note(document.userPermissions.unknown)
        outcome.isCreated = before == nil
        outcome.isChanged = outcome.isChanged || set != before
        guard set != before else { return outcome }
        try keepingAnAdmin(before?.permissions ?? [], set.permissions, on: connection) {
            if before == nil {
                try PermissionSets.insert(set, by: caller.actor, now: caller.now, on: connection)
            } else {
                try PermissionSets.update(set, by: caller.actor, now: caller.now, on: connection)
            }
        }
        return outcome
    }

    /// Changes what a profile or a permission set grants, and requires that somebody can still manage users over the network where somebody
    /// could: who takes that from the last one could not give it back.
    private func keepingAnAdmin(
        _ before: Set<Permission>,
        _ after: Set<Permission>,
        on connection: any Connection,
        _ change: () throws -> Void
    ) throws {
        let taken = Permission.closure(of: before).subtracting(Permission.closure(of: after))
        let isAPIOnly = after.contains(.apiUserOnly) && !before.contains(.apiUserOnly)
        guard taken.contains(.manageUsers) || isAPIOnly else { return try change() }
        let held = try OrgAdministrators.held([.manageUsers], org: org.id, on: connection)
        try change()
        guard try OrgAdministrators.held(held, org: org.id, on: connection) == held else {
            throw MetadataError(
                element: "userPermissions",
                code: .fieldIntegrityException,
                problem: "Nobody who can sign in to the org would have \(Permission.manageUsers.fullLabel) any more.",
                remedy: "Give it to another user first, or ask the operator of the server to take it away."
            )
        }
    }

    /// Requires that no other name differs in upper and lower case alone: what is kept of documents is kept by names that do not tell them
    /// apart.
    private func requireOneName(_ name: String, among alike: [String]) throws(MetadataError) {
        guard let other = alike.first(where: { $0 != name }) else { return }
        throw MetadataError(
            element: "fullName",
            code: .duplicateDeveloperName,
            problem: "'\(other)' is there, and names that differ in upper and lower case alone are one name.",
            remedy: "Deploy it as '\(other)', or choose another name."
        )
    }

    /// Keeps what a document says beyond what the server acts on, so that it is returned; one that says nothing more needs no row.
    private func keep(
        _ component: MetadataComponent,
        unless silent: MetadataContent,
        id: String,
        on connection: any Connection
    ) throws -> DocumentOutcome {
        let before = try OrgDocuments.find(component.type, named: component.fullName, org: org.id, on: connection)
        let outcome = DocumentOutcome(id: id, isChanged: (before?.component.content ?? silent) != component.content)
        if outcome.isChanged {
            let id = OrgDocumentID(stored: id)
            try OrgDocuments.save(component, id: id, org: org.id, by: caller.actor, now: caller.now, on: connection)
        }
        return outcome
    }
}

extension [UserPermission] {
    /// The permissions that this server does not know.
    fileprivate var unknown: [UserPermission] {
        // In the order in which they are retrieved, so that what was retrieved is the same when it is deployed.
        filter { Permission(rawValue: $0.name) == nil }.sorted { $0.name < $1.name }
    }

    /// Permissions with those of this list granted or taken away.
    fileprivate func applied(to permissions: Set<Permission>) -> Set<Permission> {
        reduce(into: permissions) { granted, entry in
            guard let permission = Permission(rawValue: entry.name) else { return }
            if entry.enabled == true { granted.insert(permission) } else { granted.remove(permission) }
        }
    }
}

extension [ProfileIPRange] {
    /// The ranges as they are retrieved: addresses in one spelling, and one description for what is one range.
    fileprivate var canonical: [ProfileIPRange] {
        get throws(MetadataError) {
            var descriptions: [IPRange: String] = [:]
            var ranges: [(entry: ProfileIPRange, range: IPRange)] = []
            for entry in self {
                let range = try entry.range
                if descriptions[range] == nil { descriptions[range] = entry.description }
                ranges.append((entry, range))
            }
            return ranges.map { entry, range in
                var entry = entry
                (entry.startAddress, entry.endAddress) = (range.start.description, range.end.description)
                entry.description = descriptions[range]
                return entry
            }
        }
    }
}

extension ProfileIPRange {
    fileprivate var range: IPRange {
        get throws(MetadataError) {
            guard let start = IPAddress(startAddress.trimmed), let end = IPAddress(endAddress.trimmed),
                let range = IPRange(start: start, end: end)
            else {
                throw MetadataError(
                    element: "loginIpRanges",
                    code: .invalidIPRange,
                    problem: "'\(startAddress)' to '\(endAddress)' is no range.",
                    remedy: "Give two addresses of one version, the lower first."
                )
            }
            return range
        }
    }
}
