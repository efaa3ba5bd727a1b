import ArgumentParser
import Orgs

/// A setting that is on or off.
enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on
    case off

    var isOn: Bool { self == .on }
}

/// An option that may be repeated and puts its values in the place of those that are there.
enum Repeated {
    /// - Returns: the new values; nothing if the option was not given, an empty list for `none`.
    /// - Throws: `ValidationError` for a value that does not do, one given twice, or `none` beside others.
    static func values<Value: Hashable>(
        _ texts: [String],
        _ option: String,
        _ parse: (String) throws -> Value
    ) throws -> [Value]? {
        guard !texts.isEmpty else { return nil }
        guard texts != ["none"] else { return [] }
        guard !texts.contains("none") else { throw ValidationError("\(option) none must stand alone") }
        let values = try texts.map(parse)
        guard Set(values).count == values.count else {
            throw ValidationError("\(option) has the same value twice; give each once")
        }
        guard values.count <= 128 else { throw ValidationError("\(option) may be given 128 times at most") }
        return values
    }
}

/// A range of addresses as it is given.
enum RangeText {
    /// - Throws: `ValidationError` that names the option.
    static func range(_ text: String, _ option: String) throws -> IPRange {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        if ends.count <= 2, let first = ends.first, let start = IPAddress(first),
            let end = IPAddress(ends.count == 2 ? ends[1] : first),
            let range = IPRange(start: start, end: end)
        {
            return range
        }
        throw ValidationError(
            "\(option) must be two addresses of one version, the lower first, such as 192.0.2.1-192.0.2.255, or one address"
        )
    }
}

/// A session timeout as it is given.
enum SessionMinutes {
    /// - Throws: `ValidationError` for minutes that are out of bounds.
    static func require(_ minutes: Int?) throws {
        guard let minutes, !(1...1_440).contains(minutes) else { return }
        throw ValidationError("--session-timeout must be from 1 to 1440 minutes")
    }
}

/// Permissions as they are given.
enum PermissionNames {
    /// - Throws: `ValidationError` that lists the permissions there are, or says the API name of the one whose label was given.
    static func permission(_ name: String) throws -> Permission {
        if let permission = Permission(rawValue: name) { return permission }
        if let labelled = Permission.allCases.first(where: { $0.label.lowercased() == name.lowercased() }) {
            throw ValidationError("'\(name)' is the label of a permission; give its API name: \(labelled.rawValue)")
        }
        let known = Permission.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        throw ValidationError("no permission is named '\(name)'; there are: \(known)")
    }

    static func sorted(_ permissions: Set<Permission>) -> [String] { permissions.map(\.rawValue).sorted() }
}

/// A list as one line.
enum ListText {
    static func of(_ items: [String], empty: String = "none") -> String {
        items.isEmpty ? empty : items.joined(separator: ", ")
    }
}
